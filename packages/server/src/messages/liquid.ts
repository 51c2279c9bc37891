/** Renders the text of an agent as a Liquid template, except inside code spans (application-api.md section 6.9). */
import { nameOf } from '../agent-bots/performer.ts';
import type { AccountCaller } from '../caller.ts';
import type { RelatedRows } from '../conversations/record/related-rows.ts';
import { readFreeForm } from '../free-form.ts';

/** Against endless loops: characters that are parsed, milliseconds of rendering, units of memory as liquidjs counts them. */
const limits = { parseLimit: 200_000, renderLimit: 200, memoryLimit: 1_000_000 };

const openLiquid = async () => new (await import('liquidjs')).Liquid({ ...limits, ownPropertyOnly: true });

let liquid: ReturnType<typeof openLiquid> | undefined;

export interface TemplateScope extends RelatedRows {
  caller: AccountCaller;
}

/**
 * Returns `text` as it was typed when it is no template, has a syntax error or exceeds a limit.
 * @param loadScope called for a template only
 */
export async function renderText(text: string, loadScope: () => Promise<TemplateScope>): Promise<string> {
  if (!text.includes('{{') && !text.includes('{%')) return text;
  const scope = await loadScope();
  try {
    const code: string[] = [];
    const open = text.replace(/```[\s\S]*?```|`[^`\n]*`/g, (span) => `\uE000${code.push(span) - 1}\uE000`);
    liquid ??= openLiquid();
    const rendered = String(await (await liquid).parseAndRender(open, variables(scope)));
    return rendered.replaceAll(/\uE000(\d+)\uE000/g, (_, index) => code[Number(index)] ?? '');
  } catch {
    return text;
  }
}

function variables({ contact, caller, conversation, inbox }: TemplateScope) {
  const [first_name = '', ...others] = contact.name.split(' ');
  return {
    contact: {
      name: contact.name,
      first_name,
      last_name: others.join(' '),
      email: contact.email,
      phone_number: contact.phone_number,
      custom_attribute: readFreeForm(contact.custom_attributes),
    },
    agent: {
      name: caller.kind === 'bot' ? caller.bot.name : caller.user.name,
      available_name: nameOf(caller),
      email: caller.kind === 'bot' ? null : caller.user.email,
    },
    conversation: {
      display_id: conversation.display_id,
      custom_attribute: readFreeForm(conversation.custom_attributes),
    },
    inbox: { name: inbox.name },
    account: { name: caller.account.name },
  };
}
