/** The people of a run: the followed customers, two agents, and customers who come once. */
import { openRandom, type Random } from '../random.ts';
import { becomes, sleep } from '../wait.ts';
import { workAsAgent } from './agent.ts';
import { comeOnce, workAsCustomer } from './customer.ts';
import type { AgentAccess, CustomerAccess, Office } from './office.ts';

export interface Work {
  /** Waits, and fails at once when one of the people does. */
  during(ms: number): Promise<void>;
  /** Waits until it is true, at most a minute, and fails at once when one of the people does. */
  until(isTrue: () => boolean): Promise<void>;
  /** Waits until everybody has finished what they had begun. */
  finish(): Promise<void>;
}

/** A person works at several devices at once: while one waits for an answer that never comes, another goes on. */
const devices = ['a', 'b', 'c'];

export function startWork(
  office: Office,
  { seed, customers }: { seed: number; customers: readonly CustomerAccess[] },
): Work {
  const { administrator, agent } = office.installation;
  const atDevices = (person: string, work: (device: string, random: Random) => Promise<void>) =>
    devices.map((device) => work(device, openRandom(seed, `${person} at ${device}`)));
  const asAgent = (name: string, access: AgentAccess) =>
    atDevices(name, (device, random) => workAsAgent(office, { name: `${name}-${device}`, access, random }));
  const people = Promise.all([
    ...customers.flatMap((customer) =>
      atDevices(customer.name, (device, random) => workAsCustomer(office, { customer, device, random })),
    ),
    ...asAgent('administrator', administrator),
    ...asAgent('agent', agent),
    letCustomersCome(office, seed),
  ]);
  const failed = new Promise<never>((_resolve, reject) => void people.catch(reject));
  // Nobody may be waiting for it yet.
  failed.catch(() => {});
  return {
    during: (ms) => Promise.race([sleep(ms), failed]),
    until: async (isTrue) => void (await Promise.race([becomes(isTrue, { limitMs: 60_000 }), failed])),
    finish: async () => void (await people),
  };
}

async function letCustomersCome(office: Office, seed: number): Promise<void> {
  const random = openRandom(seed, 'door');
  const visits: Promise<void>[] = [];
  for (let count = 1; !office.isOver(); count++) {
    await sleep(random.between(800, 2_500));
    const name = `visitor-${count}`;
    const visit = comeOnce(office, name, openRandom(seed, name));
    // A visit may fail, when the run is given up, long before anybody waits for it.
    visit.catch(() => {});
    visits.push(visit);
  }
  await Promise.all(visits);
}
