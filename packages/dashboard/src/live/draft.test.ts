/** Drafts of two devices against a server whose answers are late, lost or in another order. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Draft, type StoredDraft } from './draft.ts';

interface Call {
  arrive: () => void;
  answer: () => void;
  lose: () => void;
}

/** The server's side: one draft, and the messages that were posted. */
class Server {
  draft = '';
  readonly messages: string[] = [];
  calls: Call[] = [];

  call<T>(act: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      let result: { value: T } | undefined;
      const arrive = () => {
        result ??= { value: act() };
        return result;
      };
      const end = (settle: () => void) => {
        this.calls = this.calls.filter((one) => one !== call);
        settle();
      };
      const call: Call = {
        arrive,
        answer: () => end(() => resolve(arrive().value)),
        lose: () => end(() => reject(new Error('lost'))),
      };
      this.calls.push(call);
    });
  }
}

/** A device of the agent with one page. Its queue stands for the outbox, which survives a reload. */
class Device {
  readonly queue: string[] = [];
  draft: Draft;
  #stored: StoredDraft | undefined;
  #page = 0;
  readonly #server: Server;

  constructor(server: Server) {
    this.#server = server;
    this.draft = this.#load();
  }

  #load(): Draft {
    const page = ++this.#page;
    return new Draft({
      read: () => this.#server.call(() => this.#server.draft),
      write: (text) =>
        this.#server.call(() => {
          this.#server.draft = text;
        }),
      load: () => this.#stored,
      save: (draft) => {
        if (page === this.#page) this.#stored = draft;
      },
    });
  }

  send(): void {
    const text = this.draft.text();
    if (!text) return;
    this.queue.push(text);
    this.draft.sent();
    this.post();
  }

  /** Posts as the outbox does, until the queue is empty or a call fails. */
  post(): void {
    const page = this.#page;
    const next = this.queue[0];
    if (next === undefined) return;
    this.draft.removeSent().then(
      () => {
        if (page !== this.#page || this.queue[0] !== next) return;
        this.queue.shift();
        this.#server.messages.push(next);
        this.post();
      },
      () => {},
    );
  }

  /** The page ends; every call under way arrives now or never. */
  reload(arrives: boolean): void {
    this.draft.writeBeforeUnload();
    for (const call of this.#server.calls) {
      if (arrives) call.arrive();
      call.lose();
    }
    this.draft = this.#load();
    void this.draft.refresh();
    this.post();
  }
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

async function quiet(server: Server): Promise<void> {
  await settled();
  while (server.calls.length) {
    for (const call of server.calls) call.answer();
    await settled();
  }
}

it('is not written after the reply was sent within the second before it would be', async () => {
  const server = new Server();
  const device = new Device(server);
  device.draft.set('Hello');
  device.send();
  device.draft.flush();
  device.draft.writeBeforeUnload();
  await quiet(server);
  expect([server.draft, server.messages]).toEqual(['', ['Hello']]);
});

it('is removed before the reply is posted, also while a write is under way', async () => {
  const server = new Server();
  const device = new Device(server);
  device.draft.set('Hello');
  device.draft.flush();
  await settled();
  device.send();
  await settled();
  expect([server.calls.length, server.messages]).toEqual([1, []]);
  server.calls[0]?.answer();
  await settled();
  expect([server.draft, server.messages]).toEqual(['Hello', []]);
  await quiet(server);
  expect([server.draft, server.messages]).toEqual(['', ['Hello']]);
});

it('keeps its reply waiting until it is removed, also when the first attempt to remove it is lost', async () => {
  const server = new Server();
  const device = new Device(server);
  device.draft.set('Hello');
  device.draft.flush();
  await settled();
  device.send();
  server.calls[0]?.answer();
  await settled();
  server.calls[0]?.lose();
  await settled();
  expect([server.draft, server.messages]).toEqual(['Hello', []]);
  device.post();
  await settled();
  expect(server.messages).toEqual([]);
  await quiet(server);
  expect([server.draft, server.messages]).toEqual(['', ['Hello']]);
});

it('stays as it was typed while the server was asked', async () => {
  const server = new Server();
  server.draft = 'From the phone';
  const device = new Device(server);
  void device.draft.refresh();
  device.draft.set('Typed here');
  await quiet(server);
  expect(device.draft.text()).toBe('Typed here');
  device.draft.flush();
  await quiet(server);
  expect(server.draft).toBe('Typed here');
});

it('goes to another device, and the newer text of that one comes back', async () => {
  const server = new Server();
  const [desk, phone] = [new Device(server), new Device(server)];
  desk.draft.set('Half a sen');
  desk.draft.flush();
  await quiet(server);
  void phone.draft.refresh();
  await quiet(server);
  expect(phone.draft.text()).toBe('Half a sen');
  phone.draft.set('A whole sentence');
  phone.draft.flush();
  await quiet(server);
  desk.reload(true);
  await quiet(server);
  expect(desk.draft.text()).toBe('A whole sentence');
});

it('never comes back after its reply, whatever two devices type, send, hide, close and lose', async () => {
  const names = [
    'type',
    'send',
    'hide',
    'open',
    'reload',
    'close',
    'arrive',
    'answer',
    'lose',
    'post',
  ] as const;
  const step = fc.tuple(fc.constantFrom(...names), fc.nat(1), fc.nat(5));
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const server = new Server();
      const devices = [new Device(server), new Device(server)];
      let typed = 0;
      const act = (name: (typeof names)[number], device: Device, pick: number) => {
        const call = server.calls[pick % server.calls.length];
        if (name === 'type') device.draft.set(`text ${++typed}`);
        else if (name === 'send') device.send();
        else if (name === 'hide') device.draft.flush();
        else if (name === 'open') void device.draft.refresh();
        else if (name === 'reload') device.reload(true);
        else if (name === 'close') device.reload(false);
        else if (name === 'post') device.post();
        else call?.[name]();
      };
      for (const [name, at, pick] of steps) {
        act(name, devices[at] as Device, pick);
        await settled();
        expect(server.messages).not.toContain(server.draft);
      }
      for (const device of devices) {
        await quiet(server);
        device.post();
        await quiet(server);
        expect(device.queue).toEqual([]);
      }
      for (const device of devices) {
        device.reload(true);
        await quiet(server);
        expect(server.messages).not.toContain(device.draft.text());
        expect(server.messages).not.toContain(server.draft);
      }
      for (const device of devices) device.draft.writeBeforeUnload();
    }),
    { numRuns: 500 },
  );
}, 30_000);
