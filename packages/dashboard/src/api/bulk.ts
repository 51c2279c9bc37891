/** One change of many conversations or contacts in a single request, and the ids that the server skipped. */
import { type ApiInput, api } from './api.ts';

/** The server changes up to 1 000 records in one transaction each, which takes longer than the usual time limit. */
const TIMEOUT_MS = 120_000;

/** Records that the server did not change: deleted, or not visible to this agent. */
export interface SkippedIds {
  count: number;
  /** The first 100 of them; the header names no more. */
  ids: readonly number[];
}

/** Changes all records that it can. The skipped ones come in the header `x-hoory-passed-over`. @throws HooryError */
export async function changeMany(input: ApiInput<'POST /bulk_actions'>): Promise<SkippedIds> {
  let header = '';
  await api('POST /bulk_actions', input, {
    timeout: TIMEOUT_MS,
    received: (headers) => {
      header = headers.get('x-hoory-passed-over') ?? '';
    },
  });
  return toSkippedIds(header);
}

/** Parses `7,9,+42`: two ids and the number of further ones. */
function toSkippedIds(header: string): SkippedIds {
  const parts = header.split(',').filter(Boolean);
  const ids = parts.filter((part) => !part.startsWith('+')).map(Number);
  const [more = 0] = parts.filter((part) => part.startsWith('+')).map(Number);
  return { ids, count: ids.length + more };
}
