import type { Words } from '../../words/words.ts';
import type { en } from './en.ts';

export const es: Words<typeof en> = {
  title: 'Equipos',
  lead: 'Un equipo comparte conversaciones: facturación, logística, segundo nivel.',
  add: 'Añadir equipo',
  edit: 'Editar equipo',
  failed: 'No se pudieron cargar los equipos',
  none: 'Aún no hay equipos',
  noneHelp: 'Una conversación puede darse a un equipo en vez de a una persona.',
  name: 'Nombre',
  nameHelp: 'En minúsculas.',
  description: 'Descripción',
  autoAssign: 'Elegir a alguien en línea',
  autoAssignHelp: 'Una conversación dada al equipo va sola a uno de sus miembros.',
  members: 'Miembros',
  yours: 'Tuyo',
};
