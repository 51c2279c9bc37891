/** Options for choosing a time zone. */
import type { Option } from '../ui/select-button.tsx';

/** All zones that the browser knows, UTC, and the current one, which an older browser may not know. */
export function timeZones(chosen: string): Option<string>[] {
  const known = Intl.supportedValuesOf('timeZone');
  return [...new Set(['UTC', chosen, ...known])].map((value) => ({
    value,
    label: value.replaceAll('_', ' '),
  }));
}
