/**
 * Uploads of a file ahead of the message that will hold it (application-api.md section 6.15). Direct uploads to the storage, as
 * upstream offers them, are not served (section 10).
 */
import Type from 'typebox';
import { endpoints } from './endpoint.ts';
import { accountParams, accountPath } from './paths.ts';
import { fields, object, WebAddress } from './schema.ts';

export const agentUploads = endpoints({
  agentUpload: {
    method: 'POST',
    path: `${accountPath}/upload`,
    auth: 'agent',
    tag: 'Messages',
    summary: 'Upload a file, or have one fetched from its address',
    description:
      'Send it as `attachment`, or name its public address in `external_url`. `blob_id` stands for the file in ' +
      '`attachments[]` of a message.',
    params: accountParams,
    body: fields({ external_url: Type.Optional(WebAddress) }),
    files: { attachment: 1 },
    isForm: true,
    throttle: { name: 'uploads', most: 60, seconds: 3600, per: 'account' },
    returns: object({ file_url: Type.String(), blob_id: Type.String() }),
  },
});
