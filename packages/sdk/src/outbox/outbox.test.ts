import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLocks, FakeNetwork, type Posted, settled, Tab } from '../../test/fake-network.ts';
import { HooryError } from '../errors.ts';

const networkError = () => new HooryError('network', 'Away');
const refusal = () => new HooryError('unprocessable', 'Too long', { status: 422 });
const file = () => new File(['abc'], 'note.txt', { type: 'text/plain' });

const before = Object.getOwnPropertyDescriptor(globalThis, 'navigator');
let network: FakeNetwork;
let tabs: Tab[];

beforeEach(() => {
  Object.defineProperty(globalThis, 'navigator', { value: { locks: createLocks() }, configurable: true });
  network = new FakeNetwork();
  tabs = [];
});

afterEach(() => {
  for (const tab of tabs) tab.outbox.close();
  if (before) Object.defineProperty(globalThis, 'navigator', before);
  else Reflect.deleteProperty(globalThis, 'navigator');
});

async function openTab(): Promise<Tab> {
  const tab = new Tab(network);
  tabs.push(tab);
  await tab.outbox.open();
  await settled();
  return tab;
}

const send = async (tab: Tab, content: string, files: File[] = [], place = '1') => {
  const echo_id = tab.outbox.add(place, { content }, { files });
  await settled();
  return echo_id;
};
const awaited = (): Posted => {
  const [request, ...others] = network.awaited;
  expect(others).toEqual([]);
  if (!request) throw new Error('Nothing is being sent');
  return request;
};
const answer = async () => {
  network.answer(awaited());
  await settled();
};
const fail = async (error: HooryError) => {
  awaited().fail(error);
  await settled();
};
const wake = async (tab: Tab) => {
  tab.outbox.wake();
  await settled();
};
const states = (tab: Tab) => tab.outbox.pending('1').map(({ content, state }) => [content, state]);

describe('equal texts', () => {
  it('are sent as separate messages when their events come before the answers', async () => {
    const tab = await openTab();
    const written = [await send(tab, 'ok'), await send(tab, 'ok'), await send(tab, 'ok')];
    for (const echo_id of written) {
      const request = awaited();
      network.arrive(request);
      expect(tab.outbox.acknowledge(request.echo_id)).toBe('1');
      await answer();
      expect(tab.outbox.pending('1').map((one) => one.echo_id)).not.toContain(echo_id);
    }
    expect(network.stored.map(({ echo_id }) => echo_id)).toEqual(written);
  });

  it('of other senders acknowledge no message', async () => {
    const tab = await openTab();
    await send(tab, 'first');
    await send(tab, 'ok');
    expect(tab.outbox.acknowledge('of another tab, with the text ok')).toBeUndefined();
    await answer();
    await answer();
    expect(network.stored.map(({ content }) => content)).toEqual(['first', 'ok']);
  });

  it('stay failed when an equal message is sent', async () => {
    const tab = await openTab();
    await send(tab, 'ok');
    await send(tab, 'ok');
    const first = awaited().echo_id;
    await answer();
    await fail(refusal());
    tab.outbox.acknowledge(first);
    await settled();
    expect(states(tab)).toEqual([['ok', 'failed']]);
  });
});

describe('two tabs', () => {
  it('send each message once, and both remove it from pending', async () => {
    const one = await openTab();
    await send(one, 'from one');
    const two = await openTab();
    expect(states(two)).toEqual([['from one', 'queued']]);
    await send(two, 'from two');
    await answer();
    await answer();
    await wake(one);
    expect(network.posted).toHaveLength(2);
    expect([states(one), states(two)]).toEqual([[], []]);
  });

  it('send the queue of a closed tab at the next wake', async () => {
    const [one, two] = [await openTab(), await openTab()];
    await send(one, 'left behind');
    one.vanish();
    await settled();
    await wake(two);
    expect(awaited().tab).toBe(two);
    await answer();
    expect(network.stored).toHaveLength(1);
  });

  it('show the same failures, and either can retry', async () => {
    const one = await openTab();
    await send(one, 'too long');
    const two = await openTab();
    await fail(refusal());
    await wake(two);
    expect(states(two)).toEqual([['too long', 'failed']]);
    void two.outbox.retry(awaitedFailure(two));
    await settled();
    await answer();
    await wake(one);
    expect([states(one), states(two)]).toEqual([[], []]);
  });

  it('send files only from the tab that has them, also after a failure', async () => {
    const one = await openTab();
    await send(one, 'see attached', [file()]);
    await fail(refusal());
    const two = await openTab();
    void two.outbox.retry(awaitedFailure(two));
    await settled();
    expect(network.awaited).toEqual([]);
    await wake(one);
    expect(awaited()).toMatchObject({ tab: one, hasFiles: true });
    await answer();
  });

  const awaitedFailure = (tab: Tab) => tab.outbox.pending('1')[0]?.echo_id as string;
});

describe('a reload', () => {
  it('sends a message again with the same echo_id when its answer is missing', async () => {
    const tab = await openTab();
    const echo_id = await send(tab, 'half sent');
    network.arrive(awaited());
    tab.vanish();
    await openTab();
    expect(awaited().echo_id).toBe(echo_id);
    await answer();
    expect(network.stored).toHaveLength(1);
  });

  it('marks a message as attachments_lost, and keeps its text', async () => {
    const tab = await openTab();
    await send(tab, 'see attached', [file()]);
    await send(tab, 'and this');
    tab.vanish();
    const again = await openTab();
    expect(again.outbox.pending('1')[0]?.error?.code).toBe('attachments_lost');
    expect(awaited().content).toBe('and this');
    await answer();
    void again.outbox.retry(again.outbox.pending('1')[0]?.echo_id as string);
    await settled();
    expect(awaited()).toMatchObject({ content: 'see attached', hasFiles: false });
    await answer();
  });
});

describe('a reload without a connection', () => {
  it('marks a message as attachments_lost at once, while an earlier one waits', async () => {
    const tab = await openTab();
    await send(tab, 'first');
    await send(tab, 'see attached', [file()]);
    tab.vanish();
    const again = await openTab();
    await fail(networkError());
    expect(states(again)).toEqual([
      ['first', 'queued'],
      ['see attached', 'failed'],
    ]);
  });
});

describe('an upload', () => {
  it('blocks later messages of its place only', async () => {
    const tab = await openTab();
    await send(tab, 'large', [file()]);
    await send(tab, 'small');
    await send(tab, 'elsewhere', [], '2');
    expect(network.awaited.map(({ content }) => content)).toEqual(['large', 'elsewhere']);
    for (const request of network.awaited) network.answer(request);
    await settled();
    await answer();
    expect(network.stored.map(({ content }) => content)).toEqual(['large', 'elsewhere', 'small']);
  });

  it('of another tab is cancelled by a discard, and undoing the discard loses its files', async () => {
    const [one, two] = [await openTab(), await openTab()];
    const echo_id = await send(one, 'large', [file()]);
    await wake(two);
    const takeBack = two.outbox.discard(echo_id);
    await wake(one);
    expect(network.awaited).toEqual([]);
    takeBack();
    await settled();
    await send(two, 'small');
    await wake(one);
    for (const tab of [one, two])
      expect(tab.outbox.pending('1')[0]).toMatchObject({
        state: 'failed',
        error: { code: 'attachments_lost' },
      });
    expect(awaited().content).toBe('small');
    await answer();
    void one.outbox.retry(echo_id);
    await settled();
    expect(awaited()).toMatchObject({ content: 'large', hasFiles: false });
    await answer();
  });

  it('is cancelled by a discard, which can be undone', async () => {
    const tab = await openTab();
    await send(tab, 'large', [file()]);
    await send(tab, 'small');
    const takeBack = tab.outbox.discard(awaited().echo_id);
    await settled();
    expect(awaited().content).toBe('small');
    takeBack();
    await settled();
    await answer();
    expect(awaited()).toMatchObject({ content: 'large', hasFiles: true });
    await answer();
  });
});

it('takes back the discard of a failed message as failed', async () => {
  const tab = await openTab();
  await send(tab, 'too long');
  await fail(refusal());
  const takeBack = tab.outbox.discard(tab.outbox.pending('1')[0]?.echo_id as string);
  await settled();
  expect(states(tab)).toEqual([]);
  takeBack();
  await settled();
  expect(states(tab)).toEqual([['too long', 'failed']]);
  expect(network.awaited).toEqual([]);
});

it('shows the error of a message that waits, and sends it in order once it can', async () => {
  const tab = await openTab();
  await send(tab, 'first');
  await send(tab, 'second');
  await fail(networkError());
  expect(tab.outbox.pending('1')).toMatchObject([{ state: 'queued', error: { code: 'network' } }, {}]);
  await wake(tab);
  await answer();
  await answer();
  expect(network.stored.map(({ content }) => content)).toEqual(['first', 'second']);
});

describe('any sequence of sends, answers, events, failures and reloads', () => {
  type Step = [name: keyof typeof steps, tab: number, pick: number];
  interface Added {
    echo_id: string;
    place: string;
    /** In the order of its place unless it failed or was discarded. */
    isOrdered: boolean;
    isDiscarded: boolean;
    /** Tabs that do not know of the discard yet: only they may still be sending. */
    unaware: Tab[];
    /** Tabs that its event has reached: they cancel nothing. */
    acknowledgedIn: Tab[];
    hasFiles: boolean;
    /** The page that has its files, unless a discard in another tab made it drop them. */
    filesIn?: Tab | undefined;
    isRefused?: boolean;
    takeBack?: () => void;
  }
  let added: Added[];
  let heard: [number, number];

  const byEcho = (echo_id: string) => added.find((one) => one.echo_id === echo_id) as Added;
  const pick = <T>(list: readonly T[], at: number): T | undefined => list[at % list.length];
  const add = (tab: Tab, at: number, files: File[]) => {
    const place = String(at % 2);
    const echo_id = tab.outbox.add(place, { content: 'ok' }, { files });
    const hasFiles = files.length > 0;
    const told = { unaware: [], acknowledgedIn: [] };
    added.push({ echo_id, place, isOrdered: true, isDiscarded: false, ...told, hasFiles, filesIn: tab });
  };
  const pendingOf = (tab: Tab) => [...tab.outbox.pending('0'), ...tab.outbox.pending('1')];
  const failedOf = (tab: Tab) => pendingOf(tab).filter(({ state }) => state === 'failed');
  /** A message fails only when the server refuses it or no page has its files. */
  const markFailed = () => {
    for (const { echo_id, error } of tabs.flatMap(failedOf)) {
      const one = byEcho(echo_id);
      const isLost = one.hasFiles && !tabs.some((tab) => tab === one.filesIn);
      const causes = [...(one.isRefused ? ['unprocessable'] : []), ...(isLost ? ['attachments_lost'] : [])];
      expect(causes).toContain(error?.code);
      one.isOrdered = false;
    }
  };

  const steps = {
    send: (tab: Tab, at: number) => add(tab, at, []),
    sendFile: (tab: Tab, at: number) => add(tab, at, [file()]),
    answer: (_: Tab, at: number) => {
      const request = pick(network.awaited, at);
      if (request) network.answer(request);
    },
    loseAnswer: (_: Tab, at: number) => {
      const request = pick(network.awaited, at);
      if (!request) return;
      network.arrive(request);
      request.fail(networkError());
    },
    loseRequest: (_: Tab, at: number) => pick(network.awaited, at)?.fail(networkError()),
    refuse: (_: Tab, at: number) => {
      const request = pick(network.awaited, at);
      if (!request || network.has(request.echo_id)) return;
      byEcho(request.echo_id).isRefused = true;
      request.fail(refusal());
    },
    /** A request that its tab has given up may still be on its way. */
    arriveLate: (_: Tab, at: number) => {
      const request = pick(network.posted, at);
      if (request) network.arrive(request);
    },
    event: (tab: Tab) => {
      const at = tabs.indexOf(tab) as 0 | 1;
      const told = network.stored[heard[at]];
      if (!told) return;
      heard[at]++;
      if (tab.outbox.acknowledge(told.echo_id)) byEcho(told.echo_id).acknowledgedIn.push(tab);
    },
    foreignEvent: (tab: Tab, at: number) => void tab.outbox.acknowledge(`foreign ${at}`),
    wake: (tab: Tab) => {
      tab.outbox.wake();
      for (const one of added) one.unaware = one.unaware.filter((other) => other !== tab);
    },
    retry: (tab: Tab, at: number) => {
      const failed = pick(failedOf(tab), at);
      if (failed) void tab.outbox.retry(failed.echo_id);
    },
    discard: (tab: Tab, at: number) => {
      const pending = pick(pendingOf(tab), at);
      if (!pending) return;
      const one = byEcho(pending.echo_id);
      const unaware = (one.isDiscarded ? one.unaware : tabs).filter((other) => other !== tab);
      const filesIn = one.filesIn === tab ? tab : undefined;
      Object.assign(one, { isOrdered: false, isDiscarded: true, unaware, filesIn });
      one.takeBack = tab.outbox.discard(one.echo_id);
    },
    takeBack: (_: Tab, at: number) => {
      const one = pick(
        added.filter(({ isDiscarded, takeBack }) => isDiscarded && takeBack),
        at,
      );
      if (!one) return;
      one.takeBack?.();
      Object.assign(one, { isDiscarded: false, takeBack: undefined });
    },
    reload: async (tab: Tab) => {
      const at = tabs.indexOf(tab) as 0 | 1;
      tab.vanish();
      // What could be taken back went with the page.
      for (const one of added) if (one.isDiscarded) one.takeBack = undefined;
      tabs[at] = new Tab(network);
      heard[at] = network.stored.length;
      await tabs[at].outbox.open();
    },
  };

  const names = Object.keys(steps) as Step[0][];
  const step: fc.Arbitrary<Step> = fc.tuple(fc.constantFrom(...names), fc.nat(1), fc.nat(9));

  /** The second message waits for the first, so its lost files are noticed only after the last step. */
  const filesLostInLine: Step[] = [
    ['send', 0, 1],
    ['sendFile', 1, 1],
    ['reload', 1, 0],
  ];

  /** The tab that took the discard back does not have the files; the tab that has them has sent them. */
  const takenBackElsewhere: Step[] = [
    ['sendFile', 0, 1],
    ['sendFile', 1, 1],
    ['reload', 0, 0],
    ['answer', 0, 0],
    ['discard', 0, 1],
    ['takeBack', 0, 0],
  ];

  function expectOneAtATime(): void {
    const places = network.awaited.map(({ place }) => place);
    expect(places).toEqual([...new Set(places)]);
    const discarded = network.awaited.filter(({ echo_id, tab }) => {
      const { isDiscarded, unaware, acknowledgedIn } = byEcho(echo_id);
      return isDiscarded && !unaware.includes(tab) && !acknowledgedIn.includes(tab);
    });
    expect(discarded).toEqual([]);
  }

  /** The network works again: every message that can be sent is sent. Lost files of a waiting message show only now. */
  async function finish(): Promise<void> {
    for (let turn = 0; turn < 3 || network.awaited.length; turn++) {
      for (const request of network.awaited) network.answer(request);
      await settled();
      for (const tab of tabs) tab.outbox.wake();
      await settled();
      markFailed();
    }
  }

  it('sends every message once and in order, or shows it as failed', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (sequence) => {
        for (const tab of tabs) tab.outbox.close();
        // A request that a failed run has left would hold its place locked.
        for (const request of network.awaited) request.fail(networkError());
        network = new FakeNetwork();
        tabs = [];
        added = [];
        heard = [0, 0];
        await openTab();
        await openTab();
        for (const [name, tab, at] of sequence) {
          await steps[name](tabs[tab] as Tab, at);
          await settled();
          markFailed();
          expectOneAtATime();
        }
        await finish();
        const failed = new Set(tabs.flatMap((tab) => failedOf(tab).map(({ echo_id }) => echo_id)));
        for (const tab of tabs) expect(pendingOf(tab).filter(({ state }) => state !== 'failed')).toEqual([]);
        expect(
          failedOf(tabs[0] as Tab)
            .map(({ echo_id }) => echo_id)
            .sort(),
        ).toEqual(
          failedOf(tabs[1] as Tab)
            .map(({ echo_id }) => echo_id)
            .sort(),
        );
        for (const { echo_id, isDiscarded } of added)
          if (!isDiscarded)
            expect([echo_id, network.has(echo_id) || failed.has(echo_id)]).toEqual([echo_id, true]);
        for (const place of ['0', '1']) {
          const ordered = added.filter((one) => one.place === place && one.isOrdered);
          const echoes = ordered.map(({ echo_id }) => echo_id);
          const stored = network.stored.map(({ echo_id }) => echo_id).filter((one) => echoes.includes(one));
          expect(stored).toEqual(echoes);
        }
      }),
      { numRuns: 300, examples: [[filesLostInLine], [takenBackElsewhere]] },
    );
  }, 60_000);
});
