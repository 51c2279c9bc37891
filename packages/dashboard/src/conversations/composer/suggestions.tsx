/** Suggestions while typing: canned responses after `/`, colleagues and teams after `@` in notes, emoji after `:`. */
import type { ApiOutput } from '../../api/api.ts';
import { useApi } from '../../api/queries.ts';
import type { Conversation } from '../../live/conversation.ts';
import { useSession } from '../../session/session.ts';
import { Avatar } from '../../ui/avatar.tsx';
import { classes } from '../../ui/classes.ts';
import { useAgents, useTeams } from '../people.ts';
import { useConversationWords } from '../words.ts';
import type { Mode } from './drafts.ts';
import { findEmoji } from './emoji.ts';
import type { Trigger } from './trigger.ts';

/** One suggestion; `insert` replaces the trigger and what was typed after it. */
export interface Suggestion {
  key: string;
  title: string;
  detail?: string;
  /** Shown in front. */
  mark?: React.ReactNode;
  insert: string;
}

const MAX_SUGGESTIONS = 8;

/** The suggestions for a trigger; empty without one. Mentions are offered in notes only: a customer must not read them. */
export function useSuggestions(
  trigger: Trigger | undefined,
  mode: Mode,
  conversation: Conversation,
): readonly Suggestion[] {
  const { user } = useSession();
  const isCanned = trigger?.sign === '/';
  const { data: canned } = useApi('GET /canned_responses', {}, { enabled: isCanned });
  const agents = useAgents();
  const teams = useTeams();
  if (!trigger) return [];
  const query = trigger.query.toLowerCase();
  const names = { contact: conversation.contact.name, agent: user.available_name };
  if (trigger.sign === ':') return emojiFor(query);
  if (isCanned) return cannedFor(query, canned ?? [], names);
  if (mode !== 'note') return [];
  const colleagues = agents.filter(({ id }) => id !== user.id).map(mentionOfAgent);
  return [...colleagues, ...teams.map(mentionOfTeam)]
    .filter(({ title }) => title.toLowerCase().includes(query))
    .slice(0, MAX_SUGGESTIONS);
}

/** Emoji by name. */
const emojiFor = (query: string): Suggestion[] =>
  findEmoji(query)
    .slice(0, MAX_SUGGESTIONS)
    .map(({ sign, name }) => ({
      key: sign,
      title: name.split(' ')[0] ?? '',
      mark: sign,
      insert: `${sign} `,
    }));

/** Values of the placeholders. */
type Names = { contact: string; agent: string };

/** Responses that contain the query; those whose short code begins with it come first. */
const cannedFor = (query: string, all: ApiOutput<'GET /canned_responses'>, names: Names): Suggestion[] =>
  all
    .filter(({ short_code, content }) => `${short_code} ${content}`.toLowerCase().includes(query))
    .sort((a, b) => Number(b.short_code.startsWith(query)) - Number(a.short_code.startsWith(query)))
    .slice(0, MAX_SUGGESTIONS)
    .map(({ id, short_code, content }) => ({
      key: String(id),
      title: `/${short_code}`,
      detail: content,
      insert: fillPlaceholders(content, names),
    }));

/** A mention is a Markdown link with the scheme `mention`, which the server recognizes. */
const mentionOfAgent = ({
  id,
  available_name,
  thumbnail,
}: ReturnType<typeof useAgents>[number]): Suggestion => ({
  key: `user ${id}`,
  title: available_name,
  mark: <Avatar name={available_name} url={thumbnail} size={18} />,
  insert: `[@${available_name}](mention://user/${id}/${encodeURIComponent(available_name)}) `,
});

/** Mentions every member of the team. */
const mentionOfTeam = ({ id, name }: { id: number; name: string }): Suggestion => ({
  key: `team ${id}`,
  title: name,
  insert: `[@${name}](mention://team/${id}/${encodeURIComponent(name)}) `,
});

/** Fills in names, so that the agent reads them before sending. The server fills in the other placeholders. */
const fillPlaceholders = (text: string, { contact, agent }: Names): string =>
  text.replace(/\{\{\s*contact\.name\s*\}\}/g, contact).replace(/\{\{\s*agent\.name\s*\}\}/g, agent);

interface Props {
  id: string;
  suggestions: readonly Suggestion[];
  active: number;
  onChoose: (suggestion: Suggestion) => void;
}

/** The listbox above the text. A pointer press must not take the focus out of the text, so its default is prevented. */
export function Suggestions({ id, suggestions, active, onChoose }: Props) {
  const t = useConversationWords();
  return (
    <div
      id={id}
      role="listbox"
      aria-label={t('suggestions')}
      className="floats absolute start-3 bottom-full z-30 mb-1 max-h-72 w-[min(420px,calc(100%-24px))] overflow-y-auto p-1"
    >
      {suggestions.map((one, index) => (
        // biome-ignore lint/a11y/useFocusableInteractive: the focus stays in the text, as a combobox has it
        // biome-ignore lint/a11y/useKeyWithClickEvents: the keys go to the text
        <div
          key={one.key}
          id={`${id}-${index}`}
          role="option"
          aria-selected={index === active}
          onPointerDown={(event) => event.preventDefault()}
          onClick={() => onChoose(one)}
          className={classes(
            'flex h-8 items-center gap-2 rounded-control px-2',
            index === active && 'bg-hover',
          )}
        >
          {one.mark}
          <span className="shrink-0 font-medium">{one.title}</span>
          {one.detail && <span className="truncate text-soft">{one.detail}</span>}
        </div>
      ))}
    </div>
  );
}
