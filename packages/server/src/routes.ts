/** The whole HTTP surface on one page: which verbs serve which table of the contract. */
import type { FastifyInstance } from 'fastify';
import type { App } from './app.ts';
import type { Gate } from './http/routes.ts';

export function registerApi(_http: FastifyInstance, _app: App, _gate: Gate): void {}
