/** Transients on topics of their own, which are no streams: notices and orders between nodes. */
import type { Bus } from './bus.ts';

/** Calls `handle` with the payload of each transient on the topic, of every node, until the returned function is called. */
export function onTopic(bus: Bus, topic: string, handle: (payload: string) => void): () => void {
  void bus.follow([topic]);
  const unsubscribe = bus.subscribe((notice) => {
    if ('transient' in notice && notice.transient.topic === topic) handle(notice.transient.payload);
  });
  return () => {
    unsubscribe();
    bus.unfollow([topic]);
  };
}
