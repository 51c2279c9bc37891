import type { Words } from '../../words/words.ts';
import type { en } from './en.ts';

export const es: Words<typeof en> = {
  place: 'Conversaciones',
  listFailed: 'No se pudieron cargar las conversaciones',
  noneOpen: 'No hay conversaciones abiertas',
  noneOpenHelp: 'Las nuevas aparecen aquí solas.',
};
