import type { Words } from '../../words/words.ts';
import type { en } from './en.ts';

export const es: Words<typeof en> = {
  title: 'Inicia sesión en Hoory',
  email: 'Correo electrónico',
  password: 'Contraseña',
  signIn: 'Iniciar sesión',
  wrong: 'El correo y la contraseña no coinciden. Revisa ambos e inténtalo de nuevo.',
  forgot: '¿Olvidaste tu contraseña?',
  forgotTitle: 'Una contraseña nueva',
  forgotHelp: 'Recibirás un enlace por correo y allí eliges otra.',
  sendLink: 'Enviar el enlace',
  sent: 'Si alguien tiene este correo, el enlace está en camino. ¿No llega? Quien administra el servidor puede darte un enlace.',
  back: 'Volver a iniciar sesión',
};
