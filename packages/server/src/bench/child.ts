/** Child processes of the measuring process, so that the load does not slow the server down. A child runs one request at a time. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';

export interface Child<Request, Answer> {
  /** @throws Error when the process reports a fault or ends */
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
    ask: (request) => {
      const answer = new Promise<Answer>((resolve, reject) => {
        child.once('message', (reply: Reply<Answer>) =>
          'fault' in reply ? reject(new Error(reply.fault)) : resolve(reply.answer),
        );
      });
      child.send(request);
      return Promise.race([answer, gone.then(failed)]);
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

/** Runs the requests of the parent process until that process ends. */
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
