/** Routes made of the table of screens: those that are open to everybody, and those of the desk behind the sign-in. */
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

/** Whoever is not signed in comes back to where they wanted to go. */
const signedIn = createRoute({
  getParentRoute: () => root,
  id: 'desk',
  component: Frame,
  beforeLoad: ({ location }) => {
    if (!currentSession()) throw redirect({ to: paths.signIn, search: { to: location.href } });
  },
});

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

/** Made of the table of screens, hence untyped: see `route-paths.ts`. */
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
