/** The router: routes made of the table of screens, public ones and those behind the sign-in. */
import {
  type AnyRoute,
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from '@tanstack/react-router';
import { isFreshAccount } from '../first-run/is-fresh.ts';
import { paths } from '../route-paths.ts';
import { screens } from '../screens.ts';
import { currentSession, onSession } from '../session/session.ts';
import { Frame } from './frame.tsx';
import { forAdministrators, NotFound, ScreenFailed } from './no-screen.tsx';
import type { ScreenEntry } from './screen-entry.ts';

const root = createRootRoute({
  component: Outlet,
  notFoundComponent: NotFound,
  errorComponent: ScreenFailed,
});

/** Parent of all screens behind the sign-in. It keeps the requested address, to which the sign-in leads back. */
const signedIn = createRoute({
  getParentRoute: () => root,
  id: 'desk',
  component: Frame,
  beforeLoad: ({ location }) => {
    if (!currentSession()) throw redirect({ to: paths.signIn, search: { to: location.href } });
  },
});

/** The first page: the first run for a new account, otherwise the conversations. */
const home = createRoute({
  getParentRoute: () => signedIn,
  path: '/',
  beforeLoad: async () => {
    throw redirect({ to: (await isFreshAccount()) ? paths.start : '/conversations' });
  },
});

/** Makes the route of an entry. The screen is loaded when it is first opened, or when a link to it is hovered. */
const toRoute =
  <Parent extends AnyRoute>(parent: Parent) =>
  (entry: ScreenEntry) =>
    createRoute({
      getParentRoute: () => parent,
      path: entry.path,
      validateSearch: entry.validateSearch,
      component: lazyRouteComponent(async () => {
        const { Screen } = await entry.load();
        return { Screen: entry.administrator ? forAdministrators(Screen) : Screen };
      }, 'Screen'),
    });

/**
 * Links are preloaded on hover. The routes come from a table, so their types know neither parameters nor search: see
 * `route-paths.ts`.
 */
export const router = createRouter({
  basepath: '/app',
  routeTree: root.addChildren([
    ...screens.filter(({ open }) => open).map(toRoute(root)),
    signedIn.addChildren([home, ...screens.filter(({ open }) => !open).map(toRoute(signedIn))]),
  ]),
  defaultPreload: 'intent',
  defaultPendingMs: 300,
  defaultErrorComponent: ScreenFailed,
});

// Signing out, here or in another tab, leaves the screens behind the sign-in; signing in leads to them.
onSession(() => void router.invalidate());
