/** The root component: providers of the UI library, the query cache, the direction of the language, and the router. */
import { CSPProvider } from '@base-ui/react/csp-provider';
import { DirectionProvider } from '@base-ui/react/direction-provider';
import { Tooltip } from '@base-ui/react/tooltip';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { queries } from '../api/api.ts';
import { Toasts } from '../ui/toast.tsx';
import { directionOf, useLanguage } from '../words/words.ts';
import { router } from './router.tsx';

/** `disableStyleElements` keeps Base UI from inserting `<style>`, which the server's Content-Security-Policy refuses. */
export function Desk() {
  const language = useLanguage();
  return (
    <CSPProvider disableStyleElements>
      <DirectionProvider direction={directionOf(language)}>
        <QueryClientProvider client={queries}>
          <Tooltip.Provider delay={500}>
            <RouterProvider router={router} />
            <Toasts />
          </Tooltip.Provider>
        </QueryClientProvider>
      </DirectionProvider>
    </CSPProvider>
  );
}
