/** Health check and version of the API (application-api.md section 1). */
import type { probe } from '@hoory/contract';
import type { App } from './app.ts';
import { Refusal } from './errors.ts';
import { isOperator } from './http/operator.ts';
import type { Routes } from './http/routes.ts';
import type { LiveNode } from './nodes/nodes.ts';
import { toUnix } from './time.ts';

/** The version of Chatwoot whose API this server has; clients compare it with the lowest version that they support. */
const version = '4.15.1';

type State = 'ok' | 'failing';

async function databaseState(app: App): Promise<State> {
  try {
    await app.db.get(app.db.q.selectFrom('installation').select('name').limit(1));
    return 'ok';
  } catch {
    return 'failing';
  }
}

export const probeRoutes: Routes<typeof probe> = {
  getVersion: async (app) => ({
    version,
    timestamp: new Date(app.now()).toISOString().slice(0, 19).replace('T', ' '),
    queue_services: app.bus.state() === 'ok' ? 'ok' : 'failing',
    data_services: await databaseState(app),
  }),
  getHealth: async (app, _caller, _input, { headers, peer }) => {
    if (app.nodes.isLeaving()) throw new Refusal('unavailable', 'This node is stopping; use another one');
    return {
      status: 'woot',
      database: await databaseState(app),
      bus: app.bus.state(),
      files: app.nodes.areFilesApart() ? 'not shared' : 'ok',
      nodes: app.nodes.list().length,
      ...(isOperator(app.config, { headers, peer }) && { node_list: app.nodes.list().map(toServerNode) }),
    };
  },
};

const toServerNode = ({ name, version, started_at, sockets }: LiveNode) => ({
  name,
  version,
  started_at: toUnix(started_at),
  sockets,
});
