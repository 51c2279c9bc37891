/**
 * Version and health of the server, for monitors and for clients that look for a compatible server (application-api.md section
 * 1).
 */
import Type from 'typebox';
import { endpoints } from './endpoint.ts';
import { FilledUnixSeconds, object, words } from './schema.ts';

/** A node, for the operator: other callers must not learn names and versions. */
const ServerNode = object({
  name: Type.String({ description: 'host name and port' }),
  version: Type.String(),
  started_at: FilledUnixSeconds,
  sockets: Type.Integer({ minimum: 0 }),
});

export const probe = endpoints({
  getVersion: {
    method: 'GET',
    path: '/api',
    auth: 'none',
    tag: 'Probe',
    summary: 'Tell the version of the API and how the services behind it are',
    returns: object({
      version: Type.String({ description: 'of the compatible API, as semver' }),
      timestamp: Type.String({ description: 'UTC, `YYYY-MM-DD hh:mm:ss`' }),
      queue_services: words('ok', 'failing'),
      data_services: words('ok', 'failing'),
    }),
  },
  getHealth: {
    method: 'GET',
    path: '/health',
    auth: 'none',
    tag: 'Probe',
    summary: 'Tell that the process answers',
    returns: object({
      status: Type.Literal('woot'),
      database: words('ok', 'failing'),
      bus: words('ok', 'degraded'),
      files: words('ok', 'not shared'),
      nodes: Type.Integer({ minimum: 0, description: 'live nodes of this installation' }),
      node_list: Type.Optional(
        Type.Array(ServerNode, { description: 'only for requests that may read `/metrics`' }),
      ),
    }),
  },
});
