/** The business hours of an inbox: a week in its time zone, and the text for the time outside of them. */
import type { WorkingHours } from '@hoory/client';
import { Section } from '../settings/page.tsx';
import { SavedSelect, SavedSwitch, SavedText } from '../settings/saved.tsx';
import { timeZones } from '../settings/time-zones.ts';
import { Field, useSave } from '../ui/field.tsx';
import { Day } from './day.tsx';
import type { InboxDocument } from './use-inbox.ts';
import { useInboxWords } from './words.ts';

/** Monday first, as the working week goes. */
const week = [1, 2, 3, 4, 5, 6, 0];

/** Each day is saved alone; one mark for all of them shows the outcome. */
export function Hours({ inbox, save }: InboxDocument) {
  const t = useInboxWords();
  const [state, run] = useSave((day: WorkingHours) => save({ working_hours: [day] }));
  return (
    <Section title={t('hoursOn')}>
      <SavedSwitch
        label={t('hoursSwitch')}
        help={t('hoursOnHelp')}
        value={inbox.working_hours_enabled}
        save={(working_hours_enabled) => save({ working_hours_enabled })}
      />
      <SavedText
        label={t('outOfOffice')}
        value={inbox.out_of_office_message ?? ''}
        placeholder={t('outOfOfficePlaceholder')}
        lines={3}
        save={(text) => save({ out_of_office_message: text || null })}
      />
      <SavedSelect
        label={t('timezone')}
        value={inbox.timezone}
        options={timeZones(inbox.timezone)}
        save={(timezone) => save({ timezone })}
      />
      <Field label={t('week')} state={state}>
        <ul className="flex flex-col divide-y divide-line rounded-panel border border-line">
          {week.map((number) => {
            const day = inbox.working_hours.find(({ day_of_week }) => day_of_week === number);
            return day && <Day key={number} day={day} save={run} />;
          })}
        </ul>
      </Field>
    </Section>
  );
}
