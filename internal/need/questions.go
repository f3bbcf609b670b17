package need

// Question is one thing to ask a person in plain words. Its answer goes to Field.
type Question struct {
	ID      string   // stable: for text anchors and saved answers
	Field   string   // path in Input: "diagnosis.certainty"
	Kind    string   // yes_no, choice, number, text
	Words   Words    // the question
	Choices []Choice // of a choice, in order
}

// Choice is one answer that can be picked.
type Choice struct {
	Value string
	Words Words
}

// Questions lists the questions of the trigger rules in the order in which they
// are asked. Every one may be left without an answer.
func Questions() []Question { return append([]Question(nil), questions...) }

func yesNo(id, field, en, es string) Question {
	return Question{ID: id, Field: field, Kind: "yes_no", Words: Words{en, es}}
}

func choice(value, en, es string) Choice { return Choice{value, Words{en, es}} }

var questions = []Question{
	{ID: "diagnosis_text", Field: "diagnosis.text", Kind: "text", Words: Words{"What did the doctor say you have?", "¿Qué le dijo el médico que tiene?"}},
	{ID: "certainty", Field: "diagnosis.certainty", Kind: "choice", Words: Words{"How sure is your doctor about it?", "¿Qué tan seguro está su médico?"}, Choices: []Choice{
		choice("clear", "Sure", "Seguro"),
		choice("unclear", "Not sure yet", "Aún no está seguro"),
		choice("disputed", "Doctors see it in different ways", "Los médicos lo ven de forma distinta"),
		choice("conflicting_tests", "My tests do not agree", "Mis estudios no coinciden"),
		choice("none_found", "No one has found what it is", "Nadie ha encontrado qué es"),
	}},
	yesNo("rare", "diagnosis.rare", "Did someone tell you it is rare?", "¿Le dijeron que es una enfermedad rara?"),
	yesNo("life_threatening", "diagnosis.life_threatening", "Could it put your life at risk?", "¿Podría poner en peligro su vida?"),
	yesNo("long_term", "diagnosis.long_term_impairment", "Could it change how you live for a long time?", "¿Podría cambiar su vida diaria por mucho tiempo?"),
	{ID: "treatment_kind", Field: "treatment.kind", Kind: "choice", Words: Words{"What does your doctor want to do next?", "¿Qué quiere hacer su médico ahora?"}, Choices: []Choice{
		choice("none", "Nothing for now", "Nada por ahora"),
		choice("medication", "Medicine", "Medicinas"),
		choice("chemotherapy", "Chemo", "Quimioterapia"),
		choice("radiotherapy", "Radiation", "Radioterapia"),
		choice("major_surgery", "A big operation", "Una operación grande"),
		choice("elective_surgery", "An operation that can wait", "Una operación que puede esperar"),
		choice("minor_procedure", "A small procedure", "Un procedimiento pequeño"),
		choice("invasive_test", "A test inside the body", "Un estudio dentro del cuerpo"),
		choice("experimental", "Something new, or a trial", "Algo nuevo o un ensayo clínico"),
		choice("other", "Something else", "Otra cosa"),
	}},
	{ID: "treatment_status", Field: "treatment.status", Kind: "choice", Words: Words{"Has this treatment begun?", "¿Ya empezó este tratamiento?"}, Choices: []Choice{
		choice("proposed", "Not yet", "Todavía no"),
		choice("started", "Yes, it has begun", "Sí, ya empezó"),
		choice("failed", "Yes, and it did not work", "Sí, y no funcionó"),
	}},
	{ID: "risk", Field: "treatment.risk", Kind: "choice", Words: Words{"How risky is it, from what you were told?", "Según le dijeron, ¿qué tan riesgoso es?"}, Choices: []Choice{
		choice("low", "Low risk", "Poco riesgo"), choice("moderate", "Some risk", "Algo de riesgo"), choice("high", "High risk", "Mucho riesgo"),
	}},
	yesNo("controversial", "treatment.controversial", "Do doctors disagree about this kind of treatment?", "¿Los médicos no se ponen de acuerdo sobre este tipo de cura?"),
	{ID: "options", Field: "treatment.options", Kind: "number", Words: Words{"How many choices did your doctor give you?", "¿Cuántas opciones le dio su médico?"}},
	{ID: "response", Field: "treatment.response", Kind: "choice", Words: Words{"How well has treatment worked so far?", "¿Qué tanto ha servido el tratamiento?"}, Choices: []Choice{
		choice("good", "Well", "Bien"), choice("partial", "A little", "Un poco"), choice("none", "Not at all", "Nada"), choice("worse", "I got worse", "Empeoré"),
	}},
	{ID: "trend", Field: "symptoms.trend", Kind: "choice", Words: Words{"How do you feel, compared with a month ago?", "¿Cómo se siente, comparado con hace un mes?"}, Choices: []Choice{
		choice("better", "Better", "Mejor"), choice("same", "The same", "Igual"), choice("worse", "Worse", "Peor"),
	}},
	{ID: "conditions", Field: "conditions", Kind: "number", Words: Words{"How many illnesses do you live with, in all?", "¿Con cuántas enfermedades vive en total?"}},
	yesNo("rushed", "doctor.rushed", "Did you feel rushed?", "¿Sintió que le atendieron con prisa?"),
	yesNo("not_understood", "doctor.not_understood", "Did you leave with things you did not understand?", "¿Salió con cosas que no entendió?"),
	yesNo("declines", "doctor.declines", "Did your doctor say there is nothing more to do?", "¿Le dijo su médico que no hay más que hacer?"),
	{ID: "pathology", Field: "reads.pathology", Kind: "choice", Words: Words{"Who looked at your biopsy?", "¿Quién revisó su biopsia?"}, Choices: []Choice{
		choice("specialist", "A doctor who works mostly with this illness", "Un médico que trabaja sobre todo con esta enfermedad"), choice("general", "A doctor who reads all kinds", "Un médico que lee de todo tipo"),
	}},
	{ID: "imaging", Field: "reads.imaging", Kind: "choice", Words: Words{"Who read your scans?", "¿Quién leyó sus imágenes?"}, Choices: []Choice{
		choice("specialist", "A doctor who reads mostly this part of the body", "Un médico que lee sobre todo esa parte del cuerpo"), choice("general", "A doctor who reads all kinds", "Un médico que lee de todo tipo"),
	}},
	yesNo("opinions_differ", "opinions_differ", "Have two doctors told you different things?", "¿Dos médicos le han dicho cosas distintas?"),
	yesNo("plan_requires", "plan.requires_second_opinion", "Does your plan ask for a second opinion first?", "¿Su plan le pide primero una segunda opinión?"),
	{ID: "denied", Field: "denied", Kind: "choice", Words: Words{"Has your plan said no to this care?", "¿Su plan ha dicho que no a esta atención?"}, Choices: []Choice{
		choice("none", "No", "No"), choice("not_necessary", "Yes: it said I do not need it", "Sí: dijo que no la necesito"), choice("experimental", "Yes: it said this is not proven", "Sí: dijo que no está probada"), choice("other", "Yes, for some other reason", "Sí, por otra razón"),
	}},
	yesNo("peace_of_mind", "wants_peace_of_mind", "Would it help you to feel more sure?", "¿Le haría bien tener más certeza?"),
}
