/** The parts of `@rails/actioncable` that the tests use; the package brings no types. */
declare module '@rails/actioncable' {
  export const adapters: { WebSocket: unknown; logger: unknown };
  export interface Subscription {
    perform(action: string, data?: object): boolean;
    unsubscribe(): void;
  }
  export interface Consumer {
    subscriptions: { create(params: object, callbacks: object): Subscription };
    connection: { isOpen(): boolean; monitor: { visibilityDidChange(): void } };
    disconnect(): void;
  }
  export function createConsumer(url: string): Consumer;
}
