/** Positions in the streams of the event log, the same for `/cable` (cable.md section D.2) and for the feeds over HTTP. */
import Type from 'typebox';

/** Where a stream stands: the offset of its last event, 0 before the first. Offsets of another epoch mean nothing. */
export interface StreamPosition {
  offset: number;
  epoch: string;
}

/** By opaque stream id. */
export type StreamPositions = Record<string, StreamPosition>;

export const StreamPositions = Type.Unsafe<StreamPositions>({
  type: 'object',
  additionalProperties: {
    title: 'StreamPosition',
    type: 'object',
    properties: { offset: { type: 'integer' }, epoch: { type: 'string' } },
    required: ['offset', 'epoch'],
  },
});
