package need

// Words is a text in each language that the product speaks.
type Words struct{ EN, ES string }

// In gives the text in a language; English where the language is not known.
func (w Words) In(lang string) string {
	if lang == "es" {
		return w.ES
	}
	return w.EN
}

// RedFlag is a sign that may be an emergency. The list needs a clinician's sign-off
// before it is relied on; the rules RED-01 to RED-11 say so.
type RedFlag struct {
	ID     string // as in symptoms.red_flags
	System string // which part of the screen it belongs to; see Systems
	Words  Words
}

// System is a group of red flags, for the page that asks.
type System struct {
	ID    string
	Words Words
}

// Systems lists the groups in the order in which they are asked.
func Systems() []System { return append([]System(nil), systems...) }

// RedFlags lists every red flag, in the order in which they are asked.
func RedFlags() []RedFlag { return append([]RedFlag(nil), redFlags...) }

var systems = []System{
	{"heart", Words{"Heart and blood vessels", "Corazón y vasos"}},
	{"brain", Words{"Brain", "Cerebro"}},
	{"breathing", Words{"Breathing", "Respiración"}},
	{"belly", Words{"Belly", "Vientre"}},
	{"infection", Words{"Fever and infection", "Fiebre e infección"}},
	{"blood_cancer", Words{"Bleeding and cancer care", "Sangrado y tratamiento del cáncer"}},
	{"trauma", Words{"Injury", "Heridas y golpes"}},
	{"pregnancy", Words{"Pregnancy", "Embarazo"}},
	{"mental", Words{"Mind and safety", "Ánimo y seguridad"}},
	{"eye_ear", Words{"Eyes and ears", "Ojos y oídos"}},
	{"other", Words{"Other", "Otras"}},
}

var redFlags = []RedFlag{
	{"chest_pain", "heart", Words{"Chest pain or pressure", "Dolor o presión en el pecho"}},
	{"pain_jaw_arm", "heart", Words{"Pain that spreads to the jaw or arm", "Dolor que pasa a la mandíbula o al brazo"}},
	{"tearing_pain", "heart", Words{"Sudden tearing pain in the chest or back", "Dolor repentino y desgarrador en el pecho o la espalda"}},
	{"fainting_palpitations", "heart", Words{"Fainting with a racing heart", "Desmayo con el corazón acelerado"}},
	{"cold_painful_limb", "heart", Words{"An arm or leg that is cold, pale and hurts", "Un brazo o una pierna con frío, palidez y dolor"}},
	{"face_droop", "brain", Words{"One side of the face droops", "Un lado de la cara se cae"}},
	{"arm_weakness", "brain", Words{"Sudden weakness in an arm or leg", "Debilidad repentina en un brazo o una pierna"}},
	{"speech_trouble", "brain", Words{"Sudden trouble speaking", "Dificultad repentina para hablar"}},
	{"worst_headache", "brain", Words{"The worst headache of your life", "El peor dolor de cabeza de su vida"}},
	{"new_seizure", "brain", Words{"A first seizure", "Una primera convulsión"}},
	{"sudden_vision_loss", "brain", Words{"Sudden loss of sight", "Pérdida repentina de la vista"}},
	{"sudden_confusion", "brain", Words{"Sudden confusion", "Confusión repentina"}},
	{"trouble_breathing", "breathing", Words{"Trouble breathing at rest", "Dificultad para respirar en reposo"}},
	{"blue_lips", "breathing", Words{"Blue lips", "Labios azules"}},
	{"throat_swelling", "breathing", Words{"Swelling in the throat", "Hinchazón de la garganta"}},
	{"coughing_blood", "breathing", Words{"Coughing up blood", "Tos con sangre"}},
	{"rigid_belly", "belly", Words{"A belly that is hard as a board", "Vientre duro como una tabla"}},
	{"severe_belly_pain", "belly", Words{"Sudden, very strong belly pain", "Dolor de vientre repentino y muy fuerte"}},
	{"vomiting_blood", "belly", Words{"Vomiting blood", "Vómito con sangre"}},
	{"black_stool", "belly", Words{"Black stool and feeling faint", "Heces negras y sensación de desmayo"}},
	{"ruptured_ectopic", "belly", Words{"Early in pregnancy with strong pain low in the belly", "Embarazo temprano con dolor fuerte en la parte baja del vientre"}},
	{"testicular_pain", "belly", Words{"Sudden, strong pain in a testicle", "Dolor repentino y fuerte en un testículo"}},
	{"fever_stiff_neck", "infection", Words{"Fever with a stiff neck", "Fiebre con el cuello rígido"}},
	{"fever_confusion", "infection", Words{"Fever with confusion", "Fiebre con confusión"}},
	{"fever_fast_breathing", "infection", Words{"Fever with fast breathing", "Fiebre con respiración rápida"}},
	{"fever_low_white_cells", "infection", Words{"Fever when your white cells are low, such as after chemo", "Fiebre con las defensas bajas, como después de la quimio"}},
	{"fever_young_baby", "infection", Words{"Fever in a baby under 3 months old", "Fiebre en un bebé menor de 3 meses"}},
	{"spreading_painful_skin", "infection", Words{"Red, painful skin that spreads fast", "Piel roja y con dolor que se extiende rápido"}},
	{"heavy_bleeding", "blood_cancer", Words{"Heavy bleeding that does not stop", "Sangrado fuerte que no para"}},
	{"cord_compression", "blood_cancer", Words{"New weak legs, or loss of bladder or bowel control", "Piernas débiles de pronto, o pérdida del control de la orina o las heces"}},
	{"tumor_lysis", "blood_cancer", Words{"Soon after cancer treatment: cramps, a wild heartbeat or very little urine", "Poco después de tratar un cáncer: calambres, latidos raros o muy poca orina"}},
	{"vein_swelling", "blood_cancer", Words{"Face and neck that swell up", "Cara y cuello que se hinchan"}},
	{"major_injury", "trauma", Words{"A bad injury", "Una herida o un golpe grave"}},
	{"open_fracture", "trauma", Words{"A broken bone through the skin", "Un hueso roto que sale por la piel"}},
	{"head_injury_drowsy", "trauma", Words{"A blow to the head, then very sleepy", "Un golpe en la cabeza y luego mucho sueño"}},
	{"pregnancy_bleeding", "pregnancy", Words{"Heavy bleeding while pregnant", "Sangrado fuerte en el embarazo"}},
	{"pregnancy_headache", "pregnancy", Words{"Strong headache and high blood pressure while pregnant", "Dolor de cabeza fuerte y presión alta en el embarazo"}},
	{"no_fetal_movement", "pregnancy", Words{"Your baby has stopped moving", "Su bebé dejó de moverse"}},
	{"waters_broken_fever", "pregnancy", Words{"Your water broke and you have a fever", "Se le rompió la fuente y tiene fiebre"}},
	{"suicidal_plan", "mental", Words{"Thoughts or plans to end your life", "Ideas o planes de quitarse la vida"}},
	{"violence_risk", "mental", Words{"Fear that you may hurt someone, or be hurt", "Temor de hacer daño a alguien o de que le hagan daño"}},
	{"chemical_eye", "eye_ear", Words{"A chemical in the eye", "Un producto químico en el ojo"}},
	{"flashes_curtain", "eye_ear", Words{"Sudden flashes, or a curtain over your sight", "Destellos repentinos o una cortina en la vista"}},
	{"sudden_hearing_loss", "eye_ear", Words{"Sudden loss of hearing", "Pérdida repentina del oído"}},
	{"severe_allergy", "other", Words{"A strong allergic reaction", "Una reacción alérgica fuerte"}},
	{"poisoning", "other", Words{"Poison or too much medicine", "Veneno o demasiada medicina"}},
	{"blood_sugar_drowsy", "other", Words{"Very high or low blood sugar and very sleepy", "Azúcar muy alta o muy baja y mucho sueño"}},
}
