import type { Words } from '../../words/words.ts';
import type { en } from './en.ts';

export const es: Words<typeof en> = {
  title: 'Respuestas guardadas',
  lead: 'Respuestas que das a menudo. Escribe / y el código en una respuesta.',
  add: 'Añadir respuesta',
  edit: 'Editar respuesta',
  failed: 'No se pudieron cargar las respuestas guardadas',
  none: 'Aún no hay respuestas guardadas',
  noneHelp: 'Anota lo que dices diez veces al día: horario, envíos, devoluciones.',
  code: 'Código',
  codeHelp: 'Lo que escribes tras la barra.',
  content: 'Texto',
  contentHelp: 'contact.name y agent.name entre llaves dobles se rellenan al enviar.',
};
