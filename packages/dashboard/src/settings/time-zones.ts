/** Names of time zones to choose from. */
import type { Option } from '../ui/select.tsx';

/** All that the browser knows, and the one that is chosen. */
export function timeZones(chosen: string): Option<string>[] {
  const known = Intl.supportedValuesOf('timeZone');
  return [...new Set(['UTC', chosen, ...known])].map((value) => ({
    value,
    label: value.replaceAll('_', ' '),
  }));
}
