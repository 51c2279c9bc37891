/** A button that opens a list to choose from, searched by typing. For records of the account, of which there may be thousands. */
import { Popover as Base } from '@base-ui/react/popover';
import { type ReactElement, type ReactNode, useState } from 'react';

interface Props {
  /** For screen readers. */
  label: string;
  /** The button that opens it. */
  trigger: ReactElement;
  align?: 'start' | 'end';
  /** A `ChoiceList`, made only while it is open; it calls `close` after a choice that ends the choosing. */
  children: (close: () => void) => ReactNode;
}

/** The focus moves into the search field, and back to the button when the list closes. */
export function Picker({ label, trigger, align = 'start', children }: Props) {
  const [isOpen, setOpen] = useState(false);
  return (
    <Base.Root open={isOpen} onOpenChange={setOpen}>
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner sideOffset={4} align={align} className="z-50">
          <Base.Popup
            aria-label={label}
            className="floats w-64 max-w-[calc(100vw-16px)] overflow-hidden outline-none"
          >
            {children(() => setOpen(false))}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
