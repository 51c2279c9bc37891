/** Keys as they stand on the keyboard. `Mod` is Command on a Mac, Ctrl elsewhere. */

const isMac = /Mac|iP(hone|ad)/.test(navigator.platform);

/** Names of keys as keyboards print them. */
const faces = new Map(
  Object.entries({
    Mod: isMac ? '⌘' : 'Ctrl',
    Shift: isMac ? '⇧' : 'Shift',
    Alt: isMac ? '⌥' : 'Alt',
    Enter: '↵',
    Escape: 'Esc',
    ArrowUp: '↑',
    ArrowDown: '↓',
  }),
);

/** `keys` joined by a plus: `Mod+K`. */
export function Kbd({ keys }: { keys: string }) {
  return (
    <span className="inline-flex gap-0.5" dir="ltr">
      {keys.split('+').map((key) => (
        <kbd
          key={key}
          className="min-w-4.5 rounded-sm border border-line-strong bg-sunk px-1 text-center font-sans text-[11px] leading-4 text-soft"
        >
          {faces.get(key) ?? (key.length === 1 ? key.toUpperCase() : key)}
        </kbd>
      ))}
    </span>
  );
}
