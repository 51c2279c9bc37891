/** A list of any length: the first of it is in the page, a button shows more, and a search field finds the others. */
import { isEnter } from '@hoory/client';
import { type ReactNode, useMemo, useState } from 'react';
import { useUiWords } from '../words/ui.ts';
import { Button } from './button.tsx';
import { Input } from './input.tsx';
import { foldText } from './matches.ts';

interface Props<Item> {
  items: readonly Item[];
  /** The text in which an item is found. */
  textOf: (item: Item) => string;
  /** Items that come first in a list that is not shown whole. Asked once, so that nothing moves after a change. */
  isFirst?: (item: Item) => boolean;
  /** Number of items that are shown at first, and that the button adds. */
  pageSize?: number;
  /** A list with more items than this has a search field: up to so many are seen at a glance. */
  maxUnsearched?: number;
  /** The shown items, in their frame. */
  children: (shown: readonly Item[]) => ReactNode;
}

/** Another text begins with the first page again. */
export function SearchedList<Item>({ children, ...props }: Props<Item>) {
  const { items, pageSize = 50, maxUnsearched = 8 } = props;
  const t = useUiWords();
  const [text, setText] = useState('');
  const [count, setCount] = useState(pageSize);
  const found = useFound(props, text);
  const hiddenCount = found.length - count;
  return (
    <div className="flex flex-col gap-3">
      {items.length > maxUnsearched && (
        <Input
          type="search"
          value={text}
          aria-label={t('searchHint')}
          placeholder={t('searchHint')}
          onKeyDown={(event) => isEnter(event.nativeEvent) && event.preventDefault()}
          onChange={({ target }) => {
            setText(target.value);
            setCount(pageSize);
          }}
        />
      )}
      {found.length > 0 ? (
        children(found.slice(0, count))
      ) : (
        <p role="status" className="py-4 text-center text-soft">
          {t('noMatch')}
        </p>
      )}
      {hiddenCount > 0 && (
        <Button className="self-center" onClick={() => setCount(count + pageSize)}>
          {t('showMore', { count: hiddenCount })}
        </Button>
      )}
    </div>
  );
}

function useFound<Item>(
  { items, textOf, isFirst, pageSize = 50 }: Omit<Props<Item>, 'children'>,
  text: string,
): readonly Item[] {
  const [pinned] = useState(() => new Set(isFirst && items.length > pageSize ? items.filter(isFirst) : []));
  const searched = foldText(text.trim());
  return useMemo(() => {
    const ordered = pinned.size ? [...pinned, ...items.filter((item) => !pinned.has(item))] : items;
    return searched ? ordered.filter((item) => foldText(textOf(item)).includes(searched)) : ordered;
  }, [items, pinned, searched, textOf]);
}
