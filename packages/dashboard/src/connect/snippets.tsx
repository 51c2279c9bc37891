/** The snippets of an inbox in tabs, each with its button to copy. */
import { Check, Copy } from 'lucide-react';
import { useState } from 'react';
import { base } from '../session/session.ts';
import { Button } from '../ui/button.tsx';
import { useCopy } from '../ui/copy-field.tsx';
import { Tabs } from '../ui/tabs.tsx';
import { type SnippetName, snippetNames, snippetsOf } from './snippets.ts';
import { useConnectWords } from './words.ts';

/** The box has one height for all tabs, so that the page does not jump. */
export function Snippets({ inbox_identifier }: { inbox_identifier: string }) {
  const t = useConnectWords();
  const [shown, setShown] = useState<SnippetName>('curl');
  return (
    <div className="overflow-hidden rounded-panel border border-line">
      <Tabs
        value={shown}
        label={t('tabs')}
        tabs={snippetNames.map((value) => ({ value, label: t(value) }))}
        onChange={setShown}
      >
        <Code text={snippetsOf({ base, inbox_identifier })[shown]} help={t(`${shown}Help`)} />
      </Tabs>
    </div>
  );
}

/** Scrolls sideways, so that long lines stay whole. */
function Code({ text, help }: { text: string; help: string }) {
  const t = useConnectWords();
  const [copied, copy] = useCopy();
  return (
    <>
      <div className="flex items-center justify-between gap-4 px-4 pt-3">
        <p className="text-soft">{help}</p>
        <Button size="small" icon={copied ? Check : Copy} onClick={() => copy(text)} className="shrink-0">
          {copied ? t('copied') : t('copyCode')}
        </Button>
      </div>
      <pre
        dir="ltr"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keys
        tabIndex={0}
        className="m-3 h-54 overflow-auto rounded-control bg-sunk p-3 font-mono text-xs leading-5"
      >
        <code>{text}</code>
      </pre>
    </>
  );
}
