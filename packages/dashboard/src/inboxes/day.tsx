/** The hours of one weekday: closed, open all day, or from one time to another. Saved as soon as they are valid. */
import type { WorkingHours } from '@hoory/client';
import { useEffect, useState } from 'react';
import { Input } from '../ui/input.tsx';
import { Select } from '../ui/select.tsx';
import { useLanguage } from '../words/words.ts';
import { useInboxWords } from './words.ts';

type Kind = 'between' | 'allDay' | 'closed';

interface Props {
  day: WorkingHours;
  save: (day: WorkingHours) => Promise<boolean>;
}

/** Keeps a draft, because times are invalid while they are typed. An end before the start means the next day. */
export function Day({ day, save }: Props) {
  const t = useInboxWords();
  const [draft, setDraft] = useState(day);
  useEffect(() => setDraft(day), [day]);
  const name = useDayName(day.day_of_week);
  const kind = kindOf(draft);
  const minutes = minutesOf(draft, 'close') - minutesOf(draft, 'open');
  const change = (next: WorkingHours) => {
    setDraft(next);
    const isRight = kindOf(next) !== 'between' || minutesOf(next, 'close') !== minutesOf(next, 'open');
    if (isRight) void save(next);
  };
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-2 px-4 py-2">
      <span className="w-28 font-medium">{name}</span>
      <Select<Kind>
        value={kind}
        label={name}
        size="small"
        className="max-w-32"
        options={(['between', 'allDay', 'closed'] as const).map((value) => ({ value, label: t(value) }))}
        onChange={(next) => change(toKind(draft, next))}
      />
      {kind === 'between' && <TimeSpan name={name} hours={draft} change={change} />}
      {kind === 'between' && minutes < 0 && <span className="text-xs text-soft">{t('nextDay')}</span>}
      {kind === 'between' && minutes === 0 && (
        <p role="alert" className="w-full text-xs text-red">
          {t('hoursOrder')}
        </p>
      )}
    </li>
  );
}

/** A time of day as the browser edits it. */
function TimeInput({
  label,
  value,
  onChange,
}: {
  label: string;
  value: string;
  onChange: (text: string) => void;
}) {
  return (
    <Input
      type="time"
      aria-label={label}
      value={value}
      onChange={({ target }) => onChange(target.value)}
      className="tabular max-w-28"
    />
  );
}

/** The kind of a day. */
const kindOf = ({ closed_all_day, open_all_day }: WorkingHours): Kind =>
  closed_all_day ? 'closed' : open_all_day ? 'allDay' : 'between';

/** Minutes since midnight. */
const minutesOf = (day: WorkingHours, end: 'open' | 'close') =>
  (day[`${end}_hour`] ?? 0) * 60 + (day[`${end}_minutes`] ?? 0);

/** `HH:MM`, as a time input takes it. */
function textOf(day: WorkingHours, end: 'open' | 'close'): string {
  const two = (number: number | null) => String(number ?? 0).padStart(2, '0');
  return `${two(day[`${end}_hour`])}:${two(day[`${end}_minutes`])}`;
}

/** A day that opens again gets nine to five if it has no times. */
function toKind(day: WorkingHours, kind: Kind): WorkingHours {
  const times =
    kind === 'between' && minutesOf(day, 'close') === minutesOf(day, 'open')
      ? { open_hour: 9, open_minutes: 0, close_hour: 17, close_minutes: 0 }
      : {};
  return { ...day, ...times, closed_all_day: kind === 'closed', open_all_day: kind === 'allDay' };
}

/** The name of a weekday; 0 is Sunday, as on the wire. */
function useDayName(day_of_week: number): string {
  const language = useLanguage();
  const sunday = Date.UTC(2024, 0, 7);
  const names = new Intl.DateTimeFormat(language, { weekday: 'long', timeZone: 'UTC' });
  return names.format(sunday + day_of_week * 86_400_000);
}

interface SpanProps {
  /** Name of the day. */
  name: string;
  hours: WorkingHours;
  change: (next: WorkingHours) => void;
}

/** Start and end. */
function TimeSpan({ name, hours, change }: SpanProps) {
  const t = useInboxWords();
  const setTime = (end: 'open' | 'close') => (text: string) => {
    const [hour, minutes] = text.split(':').map(Number);
    if (hour === undefined || minutes === undefined || Number.isNaN(hour + minutes)) return;
    change({ ...hours, [`${end}_hour`]: hour, [`${end}_minutes`]: minutes });
  };
  return (
    <span className="flex items-center gap-1.5" dir="ltr">
      <TimeInput label={`${name}: ${t('from')}`} value={textOf(hours, 'open')} onChange={setTime('open')} />
      <span aria-hidden>–</span>
      <TimeInput
        label={`${name}: ${t('until')}`}
        value={textOf(hours, 'close')}
        onChange={setTime('close')}
      />
    </span>
  );
}
