import type { Words } from '../../words/words.ts';
import type { en } from './en.ts';

export const es: Words<typeof en> = {
  title: 'Empresa',
  lead: 'Lo que vale para toda la cuenta.',
  failed: 'No se pudo cargar la cuenta',
  general: 'General',
  name: 'Nombre',
  nameFault: 'Una cuenta necesita un nombre.',
  locale: 'Idioma para los clientes',
  localeHelp: 'De lo que el servidor escribe por sí mismo, como la encuesta.',
  supportEmail: 'Correo de soporte',
  autoResolve: 'Resolver automáticamente',
  autoResolveHelp: 'Se resuelven las conversaciones sin novedad durante este tiempo.',
  after: 'Después de',
  never: 'Nunca',
  hours_one: '{{count}} hora',
  hours_other: '{{count}} horas',
  days_one: '{{count}} día',
  days_other: '{{count}} días',
  message: 'Mensaje al cliente',
  messagePlaceholder: 'No hemos sabido de ti y cerramos esto por ahora. Escribe cuando quieras.',
  ignoreWaiting: 'No mientras el cliente espera',
  ignoreWaitingHelp: 'Las que esperan tu respuesta siguen abiertas.',
  bots: 'Bots',
  keepPending: 'Esperar a un bot que falla',
  keepPendingHelp: 'Apagado: lo que un bot no recibe se abre para tu equipo.',
};
