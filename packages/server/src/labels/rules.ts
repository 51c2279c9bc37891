/** Decisions about labels without I/O. */
import { MAX_LABELS } from '@hoory/contract';
import { invalid } from '../errors.ts';

/** @throws invalid for more labels than one conversation or contact carries */
export function requireMaxLabels(labels: readonly string[]): void {
  if (labels.length > MAX_LABELS)
    throw invalid('labels', `Labels has too many entries (maximum is ${MAX_LABELS})`);
}
