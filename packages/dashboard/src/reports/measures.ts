/** Formats of numbers, shares, durations and dates in the language of the desk. */
import { useLanguage } from '../words/words.ts';

/** The formats. */
export interface Measures {
  number(value: number): string;
  percent(share: number): string;
  /** `<1s`, `45s`, `3.5m`, `2h`, `1.5d`. */
  duration(seconds: number): string;
  date(seconds: number): string;
}

/** Units from the largest; seconds are the rest. */
const units = [
  { unit: 'day', seconds: 86_400 },
  { unit: 'hour', seconds: 3_600 },
  { unit: 'minute', seconds: 60 },
] as const;

/** Numbers, shares and durations in the reader's language. */
export function useMeasures(): Measures {
  const language = useLanguage();
  const number = (value: number, options?: Intl.NumberFormatOptions) =>
    new Intl.NumberFormat(language, options).format(value);
  return {
    number: (value) => number(value),
    percent: (share) => number(share, { style: 'percent', maximumFractionDigits: 0 }),
    duration(seconds) {
      const { unit, seconds: size } = units.find((one) => seconds >= one.seconds) ?? {
        unit: 'second',
        seconds: 1,
      };
      if (seconds < 1) return `<${number(1, { style: 'unit', unit, unitDisplay: 'narrow' })}`;
      const value = seconds / size;
      const maximumFractionDigits = value < 10 && size > 1 ? 1 : 0;
      return number(value, { style: 'unit', unit, unitDisplay: 'narrow', maximumFractionDigits });
    },
    date: (seconds) =>
      new Intl.DateTimeFormat(language, { day: 'numeric', month: 'short' }).format(seconds * 1000),
  };
}
