import type { Words } from '../../words/words.ts';
import type { en } from './en.ts';

export const es: Words<typeof en> = {
  title: 'Etiquetas',
  lead: 'Las etiquetas ordenan conversaciones y clientes por tema.',
  add: 'Añadir etiqueta',
  edit: 'Editar etiqueta',
  failed: 'No se pudieron cargar las etiquetas',
  none: 'Aún no hay etiquetas',
  noneHelp: 'Empieza con unas pocas que todos entiendan: reembolso, envío, vip.',
  name: 'Título',
  nameHelp:
    'Al menos dos letras, cifras, guiones o guiones bajos; en minúsculas. Al renombrar cambia en todo lo etiquetado.',
  description: 'Descripción',
  color: 'Color',
  sidebar: 'Mostrar junto a las conversaciones',
};
