/** A WebSocket whose connection a test breaks, delays or forbids: for the public clients and our own. */
import { type ClientOptions, WebSocket } from 'ws';

/** Faults of the sockets of one client. */
export interface SocketFaults {
  /** New sockets do not get through. */
  isBlocked: boolean;
  /** Frames until the socket breaks; the last of them is not heard. */
  framesLeft: number;
  /** Requests for history stay on their way until they are let go. */
  isHistoryHeld: boolean;
  /** The next socket does not name the session before it. */
  forgetsSession: boolean;
  /** Breaks the open socket. */
  cut(): void;
  /** Ends all faults. */
  heal(): void;
  Socket: typeof WebSocket;
}

export function openFaults(): SocketFaults {
  const open = new Set<WebSocket>();
  /** Frames that came with the one at which a socket broke are lost with it. */
  const broken = new WeakSet<WebSocket>();
  const held: (() => void)[] = [];
  const faults: SocketFaults = {
    isBlocked: false,
    framesLeft: Number.POSITIVE_INFINITY,
    isHistoryHeld: false,
    forgetsSession: false,
    cut: () => {
      for (const socket of open) socket.terminate();
    },
    heal: () => {
      Object.assign(faults, { isBlocked: false, framesLeft: Number.POSITIVE_INFINITY, isHistoryHeld: false });
      for (const send of held.splice(0)) send();
    },
    Socket: class extends WebSocket {
      constructor(url: string, protocols?: string | string[], options?: ClientOptions) {
        const address = faults.forgetsSession ? url.replace(/[?&]sid=[^&]*/, '') : url;
        faults.forgetsSession = false;
        super(faults.isBlocked ? 'ws://127.0.0.1:1' : address, protocols, options);
        open.add(this);
        this.on('error', () => {});
        this.on('close', () => open.delete(this));
      }

      override emit(event: string | symbol, ...rest: unknown[]): boolean {
        if (event !== 'message') return super.emit(event, ...rest);
        if (broken.has(this)) return true;
        if (--faults.framesLeft > 0) return super.emit(event, ...rest);
        faults.framesLeft = Number.POSITIVE_INFINITY;
        broken.add(this);
        this.terminate();
        return true;
      }

      override send(data: Parameters<WebSocket['send']>[0]): void {
        const pass = () => this.readyState === this.OPEN && super.send(data);
        if (faults.isHistoryHeld && String(data).includes('"command":"history"')) held.push(pass);
        else super.send(data);
      }
    } as typeof WebSocket,
  };
  return faults;
}
