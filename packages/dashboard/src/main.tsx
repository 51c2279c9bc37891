/** Opens the desk: theme and language first, then the sign-in that is kept, then the screens. */
import './styles.css';
import './session/theme.ts';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { validateSession } from './session/session.ts';
import { Desk } from './shell/desk.tsx';
import { guardComposition } from './shell/shortcuts.ts';
import { startWorker } from './shell/worker.ts';

// Not awaited: the stored session shows the desk at once, and an invalid one is ended when the answer arrives.
void validateSession();
startWorker();
guardComposition();

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <Desk />
  </StrictMode>,
);
