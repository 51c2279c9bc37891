/** The button that sends, with a menu: send and resolve, and which keys send. */
import { Check, ChevronDown, SendHorizontal } from 'lucide-react';
import { type SendKeys, storeSendKeys } from '../../session/send-keys.ts';
import { Button } from '../../ui/button.tsx';
import { Menu, MenuItem } from '../../ui/menu.tsx';
import { useConversationWords } from '../words.ts';

interface Props {
  isNote: boolean;
  disabled: boolean;
  keys: SendKeys;
  onKeys: (keys: SendKeys) => void;
  onSend: (andResolve: boolean) => void;
}

/** Two buttons side by side: the wide one sends, the narrow one opens the menu. */
export function SendButton({ isNote, disabled, keys, onKeys, onSend }: Props) {
  const t = useConversationWords();
  return (
    <span className="flex">
      <Button
        look="primary"
        size="small"
        icon={SendHorizontal}
        disabled={disabled}
        onClick={() => onSend(false)}
        className="rounded-e-none!"
      >
        {t(isNote ? 'addNote' : 'send')}
      </Button>
      <Menu
        align="end"
        trigger={
          <Button
            look="primary"
            size="small"
            aria-label={t('moreSend')}
            className="ms-px rounded-s-none! px-1.5!"
          >
            <ChevronDown aria-hidden size={14} />
          </Button>
        }
      >
        <SendMenu {...{ disabled, keys, onKeys, onSend }} />
      </Menu>
    </span>
  );
}

/** The choice of keys is stored on this device. */
function SendMenu({ disabled, keys, onKeys, onSend }: Omit<Props, 'isNote'>) {
  const t = useConversationWords();
  const choose = (chosen: SendKeys) => {
    onKeys(chosen);
    storeSendKeys(chosen);
  };
  return (
    <>
      <MenuItem icon={Check} disabled={disabled} onClick={() => onSend(true)}>
        {t('sendAndResolve')}
      </MenuItem>
      <MenuItem chosen={keys === 'enter'} keys="Enter" onClick={() => choose('enter')}>
        {t('sendWithEnter')}
      </MenuItem>
      <MenuItem chosen={keys === 'mod'} keys="Mod+Enter" onClick={() => choose('mod')}>
        {t('sendWithMod')}
      </MenuItem>
    </>
  );
}
