import type { Words } from '../../words/words.ts';
import type { en } from './en.ts';

export const es: Words<typeof en> = {
  title: 'Bots',
  lead: 'Un programa tuyo que responde primero. Recibe cada evento en su dirección y llama a la API con su token.',
  add: 'Añadir bot',
  edit: 'Editar bot',
  failed: 'No se pudieron cargar los bots',
  none: 'Aún no hay bots',
  noneHelp: 'Añade uno y elígelo en los ajustes de una bandeja.',
  name: 'Nombre',
  description: 'Descripción',
  url: 'Dirección',
  urlHelp: 'Allí se envían los eventos, firmados con el secreto.',
  noUrl: 'sin dirección',
  system: 'Integrado',
  secrets: 'Token y secreto',
  token: 'Token de acceso',
  tokenHelp: 'El bot lo envía como api_access_token.',
  secret: 'Secreto',
  standardSecret: 'Secreto para Standard Webhooks',
  replace: 'Reemplazar',
  replaceWarning: 'Lo que use el anterior deja de funcionar de inmediato.',
  replaceFailed: 'No se pudo reemplazar; el anterior sigue funcionando',
  notFound: 'No existe ese bot',
  back: 'Todos los bots',
};
