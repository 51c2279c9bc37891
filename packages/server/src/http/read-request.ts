/** Makes one set of fields of a request: path, query and body of any format. Their types are read by `read-input.ts`. */
import { type Endpoint, own } from '@hoory/contract';
import type { FastifyRequest } from 'fastify';
import type { App } from '../app.ts';
import { isObject } from '../json-text.ts';
import { isTyped } from './json-body.ts';
import { MultipartBody, readMultipart } from './multipart-body.ts';
import { type Query, queryOf } from './query.ts';
import type { Fields } from './read-input.ts';
import { refuseTextForFiles, refuseUnread } from './unread.ts';
import type { Upload } from './upload.ts';

/** The types of a request's parts, as the router and the body parsers set them. */
export interface RequestParts {
  Params: Record<string, string>;
  Querystring: Query;
  Body: Fields | MultipartBody | undefined;
}

export type ApiRequest = FastifyRequest<RequestParts>;

export interface RequestFields {
  values: Fields;
  /** The JSON body, if there is one: its values have types, those of other sources are text. */
  typed: Fields | undefined;
}

interface Reading {
  endpoint: Endpoint;
  /** Every stored file is added here, also when reading fails later. */
  uploads: Upload[];
}

/** @throws invalid, bad_request, too_large, unsupported_type for a body that cannot be read completely */
export async function readFields(
  app: App,
  request: ApiRequest,
  { endpoint, uploads }: Reading,
): Promise<RequestFields> {
  const query = queryOf(request.query);
  const { body: sent = {} } = request;
  const read = sent instanceof MultipartBody ? await readMultipart(sent, { app, endpoint, uploads }) : sent;
  const body = unwrap(endpoint, read);
  if (!uploads.length) refuseUnread(endpoint, body, query);
  const values: Fields = { ...body, ...query, ...request.params };
  refuseTextForFiles(endpoint, values);
  return { values, typed: isTyped(body) ? body : undefined };
}

/** A JSON body may nest its fields under the endpoint's root key, or leave them flat (application-api.md section 1). */
function unwrap({ root }: Endpoint, body: Fields): Fields {
  const nested = root === undefined ? undefined : own(body, root);
  return isObject(nested) ? { ...body, ...nested } : body;
}
