/** Texts of the survey's page, in the languages of the desk. */
import type { Lang } from './languages.ts';

const en = {
  question: 'Please rate this conversation',
  rating: '{n} of 5',
  worst: 'Very bad',
  best: 'Very good',
  feedback: 'Anything to add?',
  send: 'Send',
  change: 'Change your answer',
  choose: 'Choose one of the five first.',
  thanks: 'Thank you, we have your answer.',
  until: 'You can change it until {date}.',
  yours: 'Your answer',
  closed: 'This survey is closed.',
  closedHelp: 'It could be answered for 14 days after the conversation ended.',
  unknown: 'There is no survey at this address',
  unknownHelp: 'Open the link once more as it was sent to you.',
};
export type Words = typeof en;

const es: Words = {
  question: 'Valora esta conversación',
  rating: '{n} de 5',
  worst: 'Muy mal',
  best: 'Muy bien',
  feedback: '¿Quieres añadir algo?',
  send: 'Enviar',
  change: 'Cambiar tu respuesta',
  choose: 'Elige primero una de las cinco opciones.',
  thanks: 'Gracias, tenemos tu respuesta.',
  until: 'Puedes cambiarla hasta el {date}.',
  yours: 'Tu respuesta',
  closed: 'Esta encuesta está cerrada.',
  closedHelp: 'Se podía responder durante los 14 días siguientes al final de la conversación.',
  unknown: 'No hay ninguna encuesta en esta dirección',
  unknownHelp: 'Abre de nuevo el enlace tal como lo recibiste.',
};

const ar: Words = {
  question: 'يرجى تقييم هذه المحادثة',
  rating: '{n} من 5',
  worst: 'سيئة جدًا',
  best: 'جيدة جدًا',
  feedback: 'هل تود إضافة شيء؟',
  send: 'إرسال',
  change: 'تغيير إجابتك',
  choose: 'اختر أولًا أحد الخيارات الخمسة.',
  thanks: 'شكرًا لك، وصلتنا إجابتك.',
  until: 'يمكنك تغييرها حتى {date}.',
  yours: 'إجابتك',
  closed: 'هذا الاستبيان مغلق.',
  closedHelp: 'كان يمكن الرد عليه خلال 14 يومًا من انتهاء المحادثة.',
  unknown: 'لا يوجد استبيان في هذا العنوان',
  unknownHelp: 'افتح الرابط مرة أخرى كما وصلك.',
};

export const surveyWords: Readonly<Record<Lang, Words>> = { en, es, ar };
