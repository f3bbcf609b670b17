package sample

import (
	"bytes"
	"strconv"
)

// row is a plain CSV row being written; texts with a comma are quoted.
type row struct {
	buf   []byte
	begun bool
	room  []byte // for a text that is put together
}

func (r *row) next() {
	if r.begun {
		r.buf = append(r.buf, ',')
	}
	r.begun = true
}

func (r *row) text(s string) {
	r.next()
	for i := range len(s) {
		if s[i] == ',' {
			r.buf = append(r.buf, '"')
			r.buf = append(r.buf, s...)
			r.buf = append(r.buf, '"')
			return
		}
	}
	r.buf = append(r.buf, s...)
}

// made writes a text that was put together in the row's room.
func (r *row) made(text []byte) {
	r.room = text[:0]
	r.next()
	if bytes.IndexByte(text, ',') < 0 {
		r.buf = append(r.buf, text...)
		return
	}
	r.buf = append(r.buf, '"')
	r.buf = append(r.buf, text...)
	r.buf = append(r.buf, '"')
}

func (r *row) number(n uint64) { r.next(); r.buf = strconv.AppendUint(r.buf, n, 10) }
func (r *row) date(d day)      { r.next(); r.buf = usDate(r.buf, d) }
func (r *row) end()            { r.buf = append(r.buf, '\n'); r.begun = false }

// cents writes dollars.
func (r *row) cents(n uint64) {
	r.next()
	r.buf = strconv.AppendUint(r.buf, n/100, 10)
	r.buf = append(r.buf, '.')
	r.buf = padded(r.buf, n%100, 2)
}

func pick(first bool, a, b string) string {
	if first {
		return a
	}
	return b
}

// clinicians begins a file and goes through the people who are in CMS's files.
func (w *World) clinicians(x *writer, header string, write func(r *row, rank uint32, p *person, home *practice)) {
	x.buf = append(x.buf, header...)
	x.buf = append(x.buf, '\n')
	var p person
	var home practice
	var r row
	w.each(x, func(rank uint32) {
		if !w.clinician(rank) {
			return
		}
		home = w.practice(rank)
		p = w.person(rank, home.place)
		r.buf = x.buf
		write(&r, rank, &p, &home)
		x.buf = r.buf
	})
}

const clinicianHeader = "NPI,Ind_PAC_ID,Ind_enrl_ID,Provider Last Name,Provider First Name,Provider Middle Name,suff,gndr,Cred,Med_sch,Grd_yr,pri_spec,sec_spec_1,sec_spec_2,sec_spec_3,sec_spec_4,sec_spec_all,Telehlth,Facility Name,org_pac_id,num_org_mem,adr_ln_1,adr_ln_2,ln_2_sprs,City/Town,State,ZIP Code,Telephone Number,ind_assgn,grp_assgn,adrs_id"

// writeClinicians is facts.md DAC-01: a row for each group, and for those without one a
// single row.
func (w *World) writeClinicians(x *writer) {
	var second practice
	w.clinicians(x, clinicianHeader, func(r *row, rank uint32, p *person, home *practice) {
		d := w.dice(rank, forClinician)
		school := -1
		if d.chance(740) {
			school = d.under(len(w.schools))
		}
		year := 2024 - d.under(45)
		telehealth, assignment := d.chance(330), d.chance(970)
		two := d.chance(90)
		alone := home.size == 1 && !d.chance(300)
		n := 1
		if two && !home.large {
			n = 2
			second = w.furnished(practice{id: hospital(rank) * perHospital, large: true, size: perHospital / 6})
		}
		for i := range n {
			g := home
			if i > 0 {
				g = &second
			}
			r.number(uint64(w.number(rank)))
			r.number(4_000_000_000 + uint64(rank))
			r.made(strconv.AppendUint(append(r.room, "I2005"...), uint64(rank)+1e9, 10))
			r.text(p.last)
			r.text(p.first)
			r.text(p.middle)
			r.text(p.suffix)
			r.text(pick(p.woman, "F", "M"))
			r.text(p.credential)
			if school < 0 {
				r.text("OTHER")
			} else {
				r.made(append(append(r.room, w.schools[school]...), schoolOf[school%len(schoolOf)]...))
			}
			r.number(uint64(year))
			r.text(p.code)
			for range 5 {
				r.text("")
			}
			r.text(pick(telehealth, "Y", ""))
			if alone {
				r.text("")
				r.text("")
				r.text("")
			} else {
				r.made(w.called(r.room, g))
				r.number(g.pac)
				r.number(uint64(g.size))
			}
			r.made(w.street(r.room, g))
			r.text("")
			r.text("")
			r.text(g.place.city)
			r.text(g.place.state.code)
			r.text(g.place.zip)
			r.number(g.phone)
			r.text(pick(assignment, "Y", "M"))
			r.text("Y")
			r.text(g.place.zip)
			r.end()
		}
	})
}

// writeHospitals names the hospitals of the affiliations.
func (w *World) writeHospitals(x *writer) {
	x.buf = append(x.buf, "Facility ID,Facility Name,Address,City/Town,State,ZIP Code\n"...)
	var r row
	for h := range hospital(uint32(w.n-1)) + 1 {
		g := w.furnished(practice{id: h * perHospital, large: true})
		r.buf = x.buf
		r.made(w.ccn(r.room, h))
		r.made(w.called(r.room, &g))
		r.made(w.street(r.room, &g))
		r.text(g.place.city)
		r.text(g.place.state.code)
		r.text(g.place.zip)
		r.end()
		if x.buf = r.buf; len(x.buf) >= flushAt {
			x.flush()
		}
	}
}

// writeAffiliations is facts.md DAC-02.
func (w *World) writeAffiliations(x *writer) {
	w.clinicians(x, "NPI,Ind_PAC_ID,Provider Last Name,Provider First Name,facility_type,Facility Affiliations Certification Number,Facility Type Certification Number", func(r *row, rank uint32, p *person, home *practice) {
		d := w.dice(rank, forHospital)
		if !d.chance(550) {
			return
		}
		own := hospital(rank)
		last := hospital(uint32(w.n - 1))
		places := [2]uint32{own, min(own+1, last)}
		n := 1
		if d.chance(180) && places[1] != own {
			n = 2
		}
		for _, h := range places[:n] {
			r.number(uint64(w.number(rank)))
			r.number(4_000_000_000 + uint64(rank))
			r.text(p.last)
			r.text(p.first)
			r.text("Hospital")
			r.made(w.ccn(r.room, h))
			r.text("")
			r.end()
		}
	})
}

// writeReassignments is facts.md DAC-03.
func (w *World) writeReassignments(x *writer) {
	w.clinicians(x, "Group PAC ID,Group Enrollment ID,Group Legal Business Name,Group State Code,Group Due Date,Group Reassignments and Physician Assistants,Record Type,Individual PAC ID,Individual Enrollment ID,Individual NPI,Individual First Name,Individual Last Name,Individual State Code,Individual Specialty Description,Individual Due Date,Individual Total Employer Associations", func(r *row, rank uint32, p *person, home *practice) {
		if home.size == 1 {
			return
		}
		r.number(home.pac)
		r.made(strconv.AppendUint(append(r.room, "O2005"...), home.pac, 10))
		r.made(w.called(r.room, home))
		r.text(home.place.state.code)
		r.text("TBD")
		r.number(uint64(home.size))
		r.text("Reassignment")
		r.number(4_000_000_000 + uint64(rank))
		r.made(strconv.AppendUint(append(r.room, "I2005"...), uint64(rank)+1e9, 10))
		r.number(uint64(w.number(rank)))
		r.text(p.first)
		r.text(p.last)
		r.text(home.place.state.code)
		r.text(p.code)
		r.text("TBD")
		r.number(1)
		r.end()
	})
}

// The codes of volumes: what every office does, and what some specialties do (numbers
// only; facts.md 2.5 and 7.3).
var (
	everybody = []string{"99213", "99214", "99203", "99204", "99212", "99215", "99205", "99232", "99233", "99223", "36415", "93000"}
	special   = map[string][]string{
		"2086": {"19301", "19303", "38525", "47562"}, "207X": {"27447", "27130", "29881", "22612"}, "207R": {"93306", "45378", "43239", "92928", "96413"},
		"207T": {"63047", "22551", "61510", "22612"}, "2085": {"77385", "77427", "70553", "74177"}, "207Z": {"88305", "88307", "88342", "88321"},
		"207V": {"58571", "59400", "76830"}, "2088": {"55866", "52000", "76872"}, "208G": {"33533", "33405", "32663"}, "207W": {"66984", "67028", "92134"},
	}
)

// writeVolumes is facts.md PUF-01. Rows below 11 patients are not published (PUF-02).
func (w *World) writeVolumes(x *writer) {
	w.clinicians(x, "Rndrng_NPI,Rndrng_Prvdr_Last_Org_Name,Rndrng_Prvdr_First_Name,Rndrng_Prvdr_State_Abrvtn,Rndrng_Prvdr_Type,Rndrng_Prvdr_Mdcr_Prtcptg_Ind,HCPCS_Cd,HCPCS_Drug_Ind,Place_Of_Srvc,Tot_Benes,Tot_Srvcs,Tot_Bene_Day_Srvcs,Avg_Sbmtd_Chrg", func(r *row, rank uint32, p *person, home *practice) {
		d := w.dice(rank, forVolumes)
		if !d.chance(600) {
			return
		}
		own := special[p.code[:4]]
		first := d.under(len(everybody))
		for i, n := 0, 1+d.under(5); i < n; i++ {
			code := everybody[(first+i)%len(everybody)]
			if len(own) > 0 && i > 0 {
				code = own[(first+i)%len(own)]
				if i > len(own) {
					break
				}
			}
			patients := 11 + int(200*d.share()*d.share()*d.share()*d.share())*5
			services := patients + patients*d.under(200)/100
			r.number(uint64(w.number(rank)))
			r.text(p.last)
			r.text(p.first)
			r.text(home.place.state.code)
			r.text(p.code)
			r.text("Y")
			r.text(code)
			r.text("N")
			r.text([...]string{"O", "F"}[d.under(2)])
			r.number(uint64(patients))
			r.number(uint64(services))
			r.number(uint64(services))
			r.cents(uint64(4000 + d.under(90_000)))
			r.end()
		}
	})
}

// writeOptOuts is facts.md DAC-04.
func (w *World) writeOptOuts(x *writer) {
	x.buf = append(x.buf, "First Name,Last Name,NPI,Specialty,Optout Effective Date,Optout End Date,State Code,Eligible to Order and Refer,Last updated\n"...)
	w.each(x, func(rank uint32) {
		organization, s := w.kind(rank)
		d := w.dice(rank, forLists)
		if organization || s == deactivated || !d.chance(5) {
			return
		}
		home := w.practice(rank)
		p := w.person(rank, home.place)
		if !physician(p.code) && !d.chance(400) {
			return
		}
		r := row{buf: x.buf}
		from := d.day(2012, 2026).before()
		until := from
		for until.y < 2026 && d.chance(900) { // renewed every two years
			until.y += 2
		}
		if until == from {
			until.y += 2
		}
		r.text(p.first)
		r.text(p.last)
		r.number(uint64(w.number(rank)))
		r.text(p.code)
		r.date(from)
		r.date(until)
		r.text(home.place.state.code)
		r.text("Y")
		r.date(day{2026, 10, 15})
		r.end()
		x.buf = r.buf
	})
}

// writeExclusions is facts.md LEI-01: eight rows in nine have no NPI.
func (w *World) writeExclusions(x *writer) {
	x.buf = append(x.buf, "LASTNAME,FIRSTNAME,MIDNAME,BUSNAME,GENERAL,SPECIALTY,UPIN,NPI,DOB,ADDRESS,CITY,STATE,ZIP,EXCLTYPE,EXCLDATE,REINDATE,WAIVERDATE,WVRSTATE\n"...)
	w.each(x, func(rank uint32) {
		organization, _ := w.kind(rank)
		d := w.dice(rank, forExclusion)
		if organization || !d.chance(9) {
			return
		}
		home := w.practice(rank)
		p := w.person(rank, home.place)
		r := row{buf: x.buf}
		ymd := func(y day) {
			r.next()
			r.buf = padded(padded(padded(r.buf, uint64(y.y), 4), uint64(y.m), 2), uint64(y.d), 2)
		}
		r.text(p.last)
		r.text(p.first)
		r.text(p.middle)
		r.text("")
		r.text("IND- LIC HC SERV PRO")
		r.text(p.code)
		r.text("")
		if d.chance(110) {
			r.number(uint64(w.number(rank)))
		} else {
			r.text("0000000000")
		}
		r.text("19600101")
		r.made(w.street(r.room, &home))
		r.text(home.place.city)
		r.text(home.place.state.code)
		r.text(home.place.zip)
		r.text([...]string{"1128a1", "1128a3", "1128b4", "1128b8"}[d.under(4)])
		ymd(d.day(1995, 2026).before())
		r.text("00000000")
		r.text("00000000")
		r.text("")
		r.end()
		x.buf = r.buf
	})
}

// writePayments is facts.md OPN-01.
func (w *World) writePayments(x *writer) {
	w.clinicians(x, "Change_Type,Covered_Recipient_Type,Covered_Recipient_NPI,Applicable_Manufacturer_or_Applicable_GPO_Making_Payment_ID,Applicable_Manufacturer_or_Applicable_GPO_Making_Payment_Name,Total_Amount_of_Payment_USDollars,Date_of_Payment,Number_of_Payments_Included_in_Total_Amount,Form_of_Payment_or_Transfer_of_Value,Nature_of_Payment_or_Transfer_of_Value,Physician_Ownership_Indicator,Program_Year,Payment_Publication_Date", func(r *row, rank uint32, p *person, home *practice) {
		d := w.dice(rank, forPayments)
		if !physician(p.code) || !d.chance(420) {
			return
		}
		for range 1 + d.under(5) {
			maker := w.mandelbro.draw(&d) % len(w.makers)
			amount := 800 + uint64(4000*d.share())
			nature := "Food and Beverage"
			if d.chance(40) {
				amount, nature = 50_000+uint64(3_000_000*d.share()*d.share()), "Consulting Fee"
			}
			r.text("UNCHANGED")
			r.text("Covered Recipient Physician")
			r.number(uint64(w.number(rank)))
			r.number(100_000_000_000 + uint64(maker))
			r.made(append(append(r.room, w.makers[maker]...), makerOf[maker%len(makerOf)]...))
			r.cents(amount)
			r.date(d.day(2025, 2025))
			r.number(1)
			r.text("In-kind items and services")
			r.text(nature)
			r.text(pick(d.chance(5), "Yes", "No"))
			r.text("2025")
			r.text("06/30/2026")
			r.end()
		}
	})
}

// writeShared is facts.md SHP-02: most ties are to clinicians of the same hospital.
func (w *World) writeShared(x *writer) {
	w.clinicians(x, "from_npi,to_npi,patient_count,transaction_count,average_day_wait,std_day_wait", func(r *row, rank uint32, p *person, home *practice) {
		d := w.dice(rank, forTies)
		start := uint64(hospital(rank)) * perHospital
		size := min(perHospital, w.n-start)
		for range d.under(7) {
			other := uint32(start + d.next()%size)
			if organization, s := w.kind(other); organization || s == deactivated || other == rank {
				continue
			}
			patients := 11 + int(180*d.share()*d.share()*d.share())
			r.number(uint64(w.number(rank)))
			r.number(uint64(w.number(other)))
			r.number(uint64(patients))
			r.number(uint64(patients * 3))
			r.number(uint64(d.under(90)))
			r.number(uint64(d.under(60)))
			r.end()
		}
	})
}

// writeBoards is our own format, docs/directory.md.
func (w *World) writeBoards(x *writer) {
	w.clinicians(x, "npi,board,specialty,status,until,source", func(r *row, rank uint32, p *person, home *practice) {
		d := w.dice(rank, forBoards)
		if !physician(p.code) || !d.chance(100) {
			return
		}
		r.number(uint64(w.number(rank)))
		r.text([...]string{"ABMS", "ABMS", "ABMS", "AOA"}[d.under(4)])
		r.text(p.code)
		if d.chance(80) {
			r.text("expired")
			r.text("2022-12-31")
		} else {
			r.text("active")
			r.text("2030-12-31")
		}
		r.text("made-up sample")
		r.end()
	})
}
