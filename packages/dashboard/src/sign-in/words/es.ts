import type { Words } from '../../words/words.ts';
import type { en } from './en.ts';

export const es: Words<typeof en> = {
  title: 'Inicia sesión en Hoory',
  email: 'Correo electrónico',
  password: 'Contraseña',
  signIn: 'Iniciar sesión',
  wrong: 'El correo y la contraseña no coinciden. Revisa ambos e inténtalo de nuevo.',
};
