import type { Words } from '../../words/words.ts';
import type { en } from './en.ts';

export const es: Words<typeof en> = {
  saved: 'Filtros guardados',
  none: 'Acota la lista y guárdala aquí con un nombre.',
  failed: 'No se pudieron cargar los filtros guardados',
  name: 'Nombre de este filtro',
  keep: 'Guardar',
  edit: 'Cambiar el filtro {{name}}',
  editHelp: 'Cambia lo elegido arriba, el nombre o ambas cosas.',
  nameOnly: 'Se creó en otro lugar, con condiciones que aquí no se pueden mostrar. Puedes cambiar su nombre.',
  remove: 'Eliminar el filtro {{name}}',
  isChanged: 'Filtro cambiado: {{name}}',
  isRemoved: 'Filtro eliminado: {{name}}',
  notChanged: 'No se pudo cambiar el filtro',
};
