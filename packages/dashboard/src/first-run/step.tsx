/** One numbered step of the first run. */
import type { ReactNode } from 'react';

interface Props {
  number: number;
  title: string;
  help: string;
  children: ReactNode;
}

/** The number is decoration: the list itself is ordered. */
export function Step({ number, title, help, children }: Props) {
  return (
    <li>
      <section className="flex flex-col gap-4">
        <header className="flex items-start gap-4">
          <span
            aria-hidden
            className="tabular grid size-7 shrink-0 place-items-center rounded-full bg-accent-soft font-semibold text-accent-text"
          >
            {number}
          </span>
          <div>
            <h2 className="text-lg font-semibold">{title}</h2>
            <p className="text-soft">{help}</p>
          </div>
        </header>
        <div className="flex min-w-0 flex-col gap-4 sm:ps-11">{children}</div>
      </section>
    </li>
  );
}
