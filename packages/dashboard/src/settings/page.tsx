/** The layout of a settings page: navigation at the side, and a document of one column. */
import { Link } from '@tanstack/react-router';
import { ChevronLeft } from 'lucide-react';
import type { ReactNode } from 'react';
import { useIsAdministrator } from '../session/session.ts';
import { classes } from '../ui/classes.ts';
import { EmptyState } from '../ui/empty-state.tsx';
import { SettingsNav } from './nav.tsx';
import { useSettingsWords } from './words.ts';

interface Props {
  title: ReactNode;
  /** The purpose of the page in a sentence. */
  lead?: ReactNode;
  /** The button that adds. */
  action?: ReactNode;
  /** Where the arrow leads; to all settings when not given, which only a phone needs. */
  back?: { to: string; label: string };
  /** For administrators only; others are told so. */
  administrator?: boolean;
  children: ReactNode;
}

/** Agents see a notice in place of a page for administrators. */
export function SettingsPage({ title, lead, action, back, administrator, children }: Props) {
  const t = useSettingsWords();
  const isAdministrator = useIsAdministrator();
  return (
    <div className="flex h-full">
      <div className="hidden w-56 shrink-0 overflow-y-auto border-e border-line bg-ground md:block">
        <SettingsNav />
      </div>
      <div className="min-w-0 flex-1 overflow-y-auto">
        <article className="mx-auto flex max-w-180 flex-col gap-8 px-4 pt-6 pb-24 sm:px-8 sm:pt-10">
          <header className="flex flex-col gap-1">
            <Back to={back?.to ?? '/settings'} label={back?.label ?? t('back')} always={back !== undefined} />
            <div className="flex flex-wrap items-center justify-between gap-3">
              <h1 className="min-w-0 text-xl font-semibold break-words">{title}</h1>
              {(!administrator || isAdministrator) && action}
            </div>
            {lead && <p className="max-w-140 text-base text-soft">{lead}</p>}
          </header>
          {administrator && !isAdministrator ? (
            <EmptyState title={t('administratorsOnly')}>{t('administratorsOnlyHelp')}</EmptyState>
          ) : (
            <div className="flex flex-col gap-8">{children}</div>
          )}
        </article>
      </div>
    </div>
  );
}

/** Leads one level up; on wide screens only from pages beneath another page. */
function Back({ to, label, always }: { to: string; label: string; always: boolean }) {
  return (
    <Link
      to={to}
      className={classes(
        '-ms-1 mb-2 inline-flex items-center gap-0.5 self-start rounded-control pe-2 text-soft hover:text-ink',
        !always && 'md:hidden',
      )}
    >
      <ChevronLeft aria-hidden size={16} className="rtl:-scale-x-100" />
      {label}
    </Link>
  );
}

interface SectionProps {
  title: string;
  help?: ReactNode;
  action?: ReactNode;
  children: ReactNode;
}

/** A heading of the document with its content. */
export function Section({ title, help, action, children }: SectionProps) {
  return (
    <section className="flex flex-col gap-4 border-t border-line pt-6 first:border-t-0 first:pt-0">
      <header className="flex items-start justify-between gap-3">
        <div className="flex min-w-0 flex-col gap-0.5">
          <h2 className="text-lg font-semibold">{title}</h2>
          {help && <p className="max-w-140 text-soft">{help}</p>}
        </div>
        {action}
      </header>
      {children}
    </section>
  );
}
