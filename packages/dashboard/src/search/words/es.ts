import type { Words } from '../../words/words.ts';
import type { en } from './en.ts';

export const es: Words<typeof en> = {
  place: 'Buscar',
  title: 'Buscar',
  box: 'Busca conversaciones, contactos y mensajes',
  help: 'Escribe un nombre, un correo, un número o palabras que alguien escribió.',
  failed: 'La búsqueda no funcionó',
  noMatch: 'Nada coincide con «{{text}}»',
  noMatchHelp: 'Prueba con el comienzo de una palabra o con menos palabras.',
  all: 'Todo',
  conversations: 'Conversaciones',
  contacts: 'Contactos',
  messages: 'Mensajes',
  more: 'Más',
  aFile: 'un archivo',
};
