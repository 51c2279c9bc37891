/** Signatures of a delivery, in both header families (webhooks.md section 2, Standard Webhooks). */
import { createHmac } from 'node:crypto';
import { hmacHex } from '../secrets.ts';

export interface Signing {
  delivery_id: string;
  body: string;
  secret: string;
  /** Unix seconds. */
  timestamp: number;
}

/** The key is the secret's UTF-8 bytes for both. */
export function signatureHeaders({ delivery_id, body, secret, timestamp }: Signing): Record<string, string> {
  const standard = createHmac('sha256', secret)
    .update(`${delivery_id}.${timestamp}.${body}`)
    .digest('base64');
  return {
    'X-Chatwoot-Delivery': delivery_id,
    'X-Chatwoot-Timestamp': String(timestamp),
    'X-Chatwoot-Signature': `sha256=${hmacHex(secret, `${timestamp}.${body}`)}`,
    'webhook-id': delivery_id,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': `v1,${standard}`,
  };
}
