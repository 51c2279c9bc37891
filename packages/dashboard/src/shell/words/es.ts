import type { Words } from '../../words/words.ts';
import type { en } from './en.ts';

export const es: Words<typeof en> = {
  places: 'Lugares',
  skip: 'Ir al contenido',
  noScreen: 'No hay nada en esta dirección',
  toConversations: 'Ir a las conversaciones',
  screenFailed: 'No se pudo mostrar esta pantalla',
  onlyAdministrators: 'Solo los administradores ven esta pantalla',
  askAdministrator: 'Pide a un administrador de tu cuenta que lo cambie por ti.',
  you: 'Tú',
  theme: 'Tema',
  light: 'Claro',
  dark: 'Oscuro',
  system: 'Como el dispositivo',
  language: 'Idioma',
  accounts: 'Cuentas',
  signOut: 'Cerrar sesión',
};
