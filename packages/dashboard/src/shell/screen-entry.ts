/** One row of the table of screens. */
import type { LucideIcon } from 'lucide-react';
import type { ComponentType } from 'react';
import type { ValidateSearch } from '../route-paths.ts';

/** A screen: its address, its code, and who may open it. */
export interface ScreenEntry {
  /** Beneath `/app`, with TanStack's parameters: `/conversations/{-$id}`. */
  path: string;
  /** The component is called `Screen`. */
  load: () => Promise<{ Screen: ComponentType }>;
  /** Reads the search of the address into the shape of the screen. */
  validateSearch?: ValidateSearch<object>;
  /** Shown without signing in, and without the rail. */
  open?: true;
  /** For administrators only; others are told so. */
  administrator?: true;
  /** A place on the rail. */
  rail?: RailEntry;
}

/** An entry of the rail. */
export interface RailEntry {
  icon: LucideIcon;
  /** Names the place; a hook, because it is said in the language chosen. */
  useLabel: () => string;
  /** Paths beneath this one count as being there. */
  under: string;
  order: number;
  /** Stands at the lower end, as the settings do. */
  last?: true;
  /** Letter that goes there after `g`. */
  key?: string;
}
