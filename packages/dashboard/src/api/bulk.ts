/** One change of many conversations or contacts, and what the server left out of it. */
import { type ApiInput, api } from './api.ts';

/** Each is a transaction of its own on the server. Milliseconds. */
const PATIENCE = 120_000;

export interface LeftOut {
  count: number;
  /** Of the first 100. */
  ids: readonly number[];
}

/** @returns those that are not there, or not to be changed by this agent. @throws HooryError */
export async function changeMany(input: ApiInput<'POST /bulk_actions'>): Promise<LeftOut> {
  let named = '';
  await api('POST /bulk_actions', input, {
    timeout: PATIENCE,
    received: (headers) => {
      named = headers.get('x-hoory-passed-over') ?? '';
    },
  });
  return toLeftOut(named);
}

/** `7,9,+42`: ids, and how many more. */
function toLeftOut(named: string): LeftOut {
  const parts = named.split(',').filter(Boolean);
  const ids = parts.filter((part) => !part.startsWith('+')).map(Number);
  const [more = 0] = parts.filter((part) => part.startsWith('+')).map(Number);
  return { ids, count: ids.length + more };
}
