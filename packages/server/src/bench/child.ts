/** Processes beside the measuring one, so that what loads a server does not slow it down: asked one thing at a time. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';

export interface Child<Request, Answer> {
  /** @throws when the process could not do it, or ended */
  ask(request: Request): Promise<Answer>;
  stop(): Promise<void>;
}

type Reply<Answer> = { answer: Answer } | { fault: string };

/** Starts a built file of this room that calls `answerParent`. */
export function startChild<Request extends object, Answer>(file: string): Child<Request, Answer> {
  const child: ChildProcess = fork(new URL(`./${file}.js`, import.meta.url), [], {
    execArgv: ['--expose-gc'],
    serialization: 'advanced',
  });
  const gone = once(child, 'exit');
  return {
    ask: async (request) => {
      child.send(request);
      const [reply] = (await Promise.race([once(child, 'message'), gone.then(failed)])) as [Reply<Answer>];
      if ('fault' in reply) throw new Error(reply.fault);
      return reply.answer;
    },
    stop: async () => {
      child.kill('SIGKILL');
      await gone;
    },
  };
}

const failed = (): never => {
  throw new Error('a process of the measurement ended');
};

/** Answers what the parent asks, until the parent ends. */
export function answerParent<Request, Answer>(act: (request: Request) => Promise<Answer>): void {
  process.on('message', (request: Request) => {
    act(request).then(
      (answer) => process.send?.({ answer }),
      (error: unknown) =>
        process.send?.({ fault: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
    );
  });
  process.on('disconnect', () => process.exit());
}
