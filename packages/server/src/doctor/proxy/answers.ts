/** Reads the answers of the endpoints for the doctor, and says why there is none. */
import { doctor } from '@hoory/contract';
import type { Static } from 'typebox';
import { Compile } from 'typebox/compile';
import { failed, skipped, type Verdict } from '../findings.ts';
import { lineFor } from './lines.ts';
import type { Answer, Question, Site } from './site.ts';

export type Echo = Static<typeof doctor.doctorEcho.returns>;

/** What came back, or the verdict on why nothing usable did. */
export type Read<Value> = { value: Value; answer: Answer } | { verdict: Verdict };

const echo = Compile(doctor.doctorEcho.returns);
const waited = Compile(doctor.doctorWait.returns);

/** @throws errors of the connection */
export async function askEcho(site: Site, question: Question = {}): Promise<Read<Echo>> {
  const answer = await site.askWithToken('/doctor/echo', question);
  const value = parse(answer.body);
  return echo.Check(value) ? { value, answer } : { verdict: withoutAnswer(site, answer) };
}

/** @throws errors of the connection */
export async function askWait(
  site: Site,
  seconds: number,
  timeoutMs: number,
): Promise<Read<{ waited_ms: number }>> {
  const answer = await site.askWithToken(`/doctor/wait?seconds=${seconds}`, { timeoutMs });
  const value = parse(answer.body);
  return waited.Check(value) ? { value, answer } : { verdict: withoutAnswer(site, answer) };
}

export const withoutToken = (): Verdict =>
  skipped('Needs the database of the server: run hoory doctor with the settings of the server');

/** Why an answer is not that of the endpoint. */
export function withoutAnswer(site: Site, { status }: Answer): Verdict {
  if (status === 401) return skipped('The server refuses the token: see the check "installation"');
  if (status === 429) return skipped('The server was asked too often: try again in a minute');
  if (status === 404)
    return skipped('The server has no endpoints for the doctor: see the check "installation"');
  return failed({
    found: `The answer is ${status}, and not that of this server`,
    breaks: 'Clients get such answers too',
    change: lineFor('upstream', site.server),
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
