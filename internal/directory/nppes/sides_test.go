package nppes

import (
	"strings"
	"testing"
)

func TestEachSideFileIsReadInEverySpelling(t *testing.T) {
	for _, c := range []struct {
		kind             Kind
		name, text, want string
		bad              int64
		left             string // reason of one that is left out
	}{
		{
			Clinicians, "DAC_NationalDownloadableFile.csv", "NPI,Ind_PAC_ID,Provider Last Name,Med_sch,Grd_yr,Telehlth,Facility Name,org_pac_id,num_org_mem,ind_assgn\n" +
				one + ",1,X,HARVARD MEDICAL SCHOOL,1999,Y,\"GROUP, INC\",4284617392,12,Y\n" + two + ",2,X,OTHER,,,,,,M\n" + "123,3,X,,,,,,,\n",
			"clinician 1234567893 {School:HARVARD MEDICAL SCHOOL Graduated:1999 Telehealth:true Assignment:true Groups:[{ID:4284617392 Name:GROUP, INC Members:12}]}\nclinician 1003000126 {School: Graduated:0 Telehealth:false Assignment:false Groups:[]}", 1, "",
		},
		{
			Clinicians, "x.csv", " NPI,ORG_PAC_ID,Organization legal name,Medical school name,Graduation year\n" + one + ",77,G,S,2001\n",
			"clinician 1234567893 {School:S Graduated:2001 Telehealth:false Assignment:false Groups:[{ID:77 Name:G Members:0}]}", 0, "",
		},
		{
			Affiliations, "Facility_Affiliation.csv", "NPI,Ind_PAC_ID,Provider Last Name,facility_type,Facility Affiliations Certification Number,Facility Type Certification Number\n" + one + ",1,X,Hospital,220071,\n" + two + ",1,X,Hospital,50002,\n" + three + ",1,X,Hospital,,\n",
			"hospital 1234567893 {CCN:220071 Kind:Hospital Name:}\nhospital 1003000126 {CCN:050002 Kind:Hospital Name:}", 1, "",
		},
		{Affiliations, "x.csv", "npi,facility_type,facility_affiliations_certification_number\n" + one + ",Nursing home,22T071\n", "hospital 1234567893 {CCN:22T071 Kind:Nursing home Name:}", 0, ""},
		{
			Reassignments, "x.csv", "Group PAC ID,Group Legal Business Name,Individual NPI,Group Reassignments and Physician Assistants\n9,BIG GROUP,\"" + one + "\",\"1,204\"\n,,\"" + two + "\",\n",
			"reassign 1234567893 {ID:9 Name:BIG GROUP Members:1204}", 0, "without a group",
		},
		{Volumes, "x.csv", "Rndrng_NPI,HCPCS_Cd,Tot_Benes,Tot_Srvcs\n" + one + ",19301,14,20.5\n" + one + ",1930,14,20\n" + one + ",19301,many,20\n", "volume 1234567893 {HCPCS:19301 Services:20 Patients:14}", 2, ""},
		{Volumes, "x.csv", "npi,hcpcs_code,line_srvc_cnt,bene_unique_cnt\n" + one + ",99213,100,40\n", "volume 1234567893 {HCPCS:99213 Services:100 Patients:40}", 0, ""},
		{Volumes, "x.csv", "National Provider Identifier,HCPCS Code,Number of Services,Number of Medicare Beneficiaries\n" + one + ",99213,100,40\n", "volume 1234567893 {HCPCS:99213 Services:100 Patients:40}", 0, ""},
		{
			OptOuts, "x.csv", "First Name,Last Name,NPI,Specialty,Optout Effective Date,Optout End Date\nA,B," + one + ",X,02/01/2024,02/01/2026\nA,B," + two + ",X,2024-02-01,\nA,B," + three + ",X,soon,\n",
			"optout 1234567893 {From:2024-02-01 Until:2026-02-01}\noptout 1003000126 {From:2024-02-01 Until:}", 1, "",
		},
		{
			Exclusions, "UPDATED.csv", "LASTNAME,FIRSTNAME,NPI,EXCLTYPE,EXCLDATE,REINDATE\nA,B," + one + ",1128a1 ,20190820,00000000\nA,B,0000000000,1128b4,20190820,00000000\n" + "A,B," + two + ",1128a3,20190820,20240101\n",
			"exclude 1234567893 {Kind:1128a1 From:2019-08-20}", 0, "without an NPI",
		},
		{Payments, "OP_DTL_GNRL_PGYR2024_P06302025.csv", "Covered_Recipient_NPI,Applicable_Manufacturer_or_Applicable_GPO_Making_Payment_Name,Total_Amount_of_Payment_USDollars,Number_of_Payments_Included_in_Total_Amount,Physician_Ownership_Indicator\n" +
			one + ",\"MAKER, INC.\",1234.5,2,Yes\n,HOSPITAL PAYER,10,1,No\n" + two + ",M,much,1,No\n", "payment 1234567893 {Maker:MAKER, INC. Cents:123450 Payments:2 Ownership:true}", 1, "without an NPI"},
		{Payments, "x.csv", "covered_recipient_npi,applicable_manufacturer_or_applicable_gpo_making_payment_name,total_amount_of_payment_us_dollars\n" + one + ",M,0.999\n", "payment 1234567893 {Maker:M Cents:100 Payments:1 Ownership:false}", 0, ""},
		{SharedPatients, "physician-shared-patient-patterns-2015-days180.txt", one + "," + two + ",  150, 60, 3\n" + one + "," + one + ",20,20,20\n", "shared 1234567893 1003000126 60 180", 0, "an NPI with itself"},
		{SharedPatients, "hop_teaming_2018.csv", "from_npi,to_npi,patient_count,transaction_count,average_day_wait,std_day_wait\n" + one + "," + two + ",44,100,12.5,3\n", "shared 1234567893 1003000126 44 0", 0, ""},
		{
			Boards, "boards.csv", "npi,board,specialty,status,until,source\n" + one + ",ABMS,Medical Oncology,Active,2028-12-31,certification lookup 2026-11-01\n" + two + ",ABMS,Surgery,lapsed,,x\n" + two + ",ABMS,Surgery,active,,\n0000000000,ABMS,S,active,,x\n",
			"board 1234567893 {Board:ABMS Specialty:Medical Oncology Status:active Until:2028-12-31 Source:certification lookup 2026-11-01}", 3, "",
		},
	} {
		t.Run(string(c.kind)+" "+c.name, func(t *testing.T) {
			k, rep := readText(t, c.kind, c.name, c.text)
			if got := strings.Join(k.said, "\n"); got != c.want {
				t.Errorf("said\n%s\nwant\n%s", got, c.want)
			}
			if rep.Bad != c.bad {
				t.Errorf("%d bad: %s; want %d", rep.Bad, reasons(rep), c.bad)
			}
			if c.left != "" && rep.Dropped[c.left] != 1 {
				t.Errorf("left out: %v", rep.Dropped)
			}
		})
	}
}

func TestHospitalsGetTheirNamesFromTheListOfHospitals(t *testing.T) {
	k := newTaken()
	r := NewReader(Settings{Today: today})
	for _, f := range []struct {
		kind Kind
		text string
	}{
		{Hospitals, "Facility ID,Facility Name,Address\n220071,MASSACHUSETTS GENERAL HOSPITAL,x\n50002,ST ROSE HOSPITAL,x\n,NOBODY,x\n"},
		{Hospitals, "ENROLLMENT ID,CCN,ORGANIZATION NAME,DOING BUSINESS AS NAME\nO1,330101,NY HOSPITAL CORP,\nO2,330102,CORP,THE OTHER HOSPITAL\n"},
		{Affiliations, "npi,facility_type,facility_affiliations_certification_number\n" + one + ",Hospital,220071\n" + one + ",Hospital,050002\n" + two + ",Hospital,330101\n" + two + ",Hospital,330102\n" + two + ",Hospital,999999\n"},
	} {
		if _, err := readFile(t, r, k, f.kind, written2(t, "x.csv", []byte(f.text))); err != nil {
			t.Fatal(err)
		}
	}
	want := "hospital 1234567893 {CCN:220071 Kind:Hospital Name:MASSACHUSETTS GENERAL HOSPITAL}\nhospital 1234567893 {CCN:050002 Kind:Hospital Name:ST ROSE HOSPITAL}\n" +
		"hospital 1003000126 {CCN:330101 Kind:Hospital Name:NY HOSPITAL CORP}\nhospital 1003000126 {CCN:330102 Kind:Hospital Name:THE OTHER HOSPITAL}\nhospital 1003000126 {CCN:999999 Kind:Hospital Name:}"
	if got := strings.Join(k.said, "\n"); got != want {
		t.Errorf("said\n%s", got)
	}
}

func TestTheDateOfAFile(t *testing.T) {
	for _, c := range []struct {
		kind       Kind
		name, want string
	}{
		{Providers, "npidata_pfile_20050523-20261108.csv", "2026-11-08"},
		{Providers, "NPPES_Data_Dissemination_November_2026.zip", "2026-11-01"},
		{Providers, "NPPES_Data_Dissemination_110226_110826_Weekly.zip", ""},
		{Payments, "OP_DTL_GNRL_PGYR2024_P06302025.csv", "2025-06-30"},
		{Volumes, "MUP_PHY_R25_P05_V20_D23_Prov_Svc.csv", "2023-12-31"},
		{Volumes, "Medicare_Physician_2022.csv", "2022-12-31"},
		{SharedPatients, "physician-shared-patient-patterns-2015-days180.txt", "2015-12-31"},
		{Taxonomy, "nucc_taxonomy_251.csv", "2025-07-01"},
		{Taxonomy, "nucc_taxonomy_240.csv", "2024-01-01"},
		{OptOuts, "opt-out 2026-10-15.csv", "2026-10-15"},
		{OptOuts, "99999999.csv", ""},
		{Clinicians, "DAC_NationalDownloadableFile.csv", ""},
	} {
		if got := written(inName(c.name, c.kind)); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
	k, rep := readText(t, OptOuts, "opt-out.csv", "NPI,Optout Effective Date,Optout End Date\n"+one+",02/01/2024,02/01/2026\n"+two+",03/01/2025,02/01/2026\n"+three+",03/01/2027,02/01/2029\n")
	if rep.Date != "2025-03-01" || rep.DateBy != "newest row" || k.data["opt_out"] != "2025-03-01" {
		t.Errorf("by rows: %s by %s", rep.Date, rep.DateBy)
	}
	k = newTaken()
	r := NewReader(Settings{Today: today, Dates: map[Kind]string{Clinicians: "2026-10-30"}})
	if _, err := readFile(t, r, k, Clinicians, written2(t, "x.csv", []byte("NPI,org_pac_id\n"))); err != nil || k.data["clinicians"] != "2026-10-30" {
		t.Errorf("given: %v %v", err, k.data)
	}
}

func TestTablesOfCodesAndPlaces(t *testing.T) {
	r := NewReader(Settings{Today: today})
	src, err := Open(written2(t, "nucc_taxonomy_251.csv", []byte("Code,Grouping,Classification,Specialization,Display Name\n207RX0202X,A,Internal Medicine,Medical Oncology,Medical Oncology Physician\n207R00000X,A,Internal Medicine,,\n207RX0202X,A,B,C,D\nshort,,,,\n")), Taxonomy)
	if err != nil {
		t.Fatal(err)
	}
	codes, rep, err := r.Codes(t.Context(), src)
	if err != nil || len(codes) != 2 || codes[0].Name != "Medical Oncology Physician" || codes[1].Name != "Internal Medicine" || rep.Bad != 1 || rep.Date != "2025-07-01" {
		t.Errorf("%v %+v %v", err, codes, rep)
	}
	src, err = Open(written2(t, "zips.csv", []byte("code,city,state,county,area_code,lat,lon\n00501,Holtsville,NY,SUFFOLK,,40.922326,-72.637078\n1001,Agawam,MA,,,42.14,-72.78\n02139,X,MA,,,north,-71\n02140,X,MA,,,95,-71\n02141,X,MA,,,0,0\n02142,X,MA,,,NaN,1\n")), ZIPs)
	if err != nil {
		t.Fatal(err)
	}
	zips, rep, err := r.ZIPs(t.Context(), src)
	if err != nil || len(zips) != 2 || zips[1].Code != "01001" || zips[1].State != "MA" || zips[0].Lat != 40.922326 || rep.Bad != 4 {
		t.Errorf("%v %+v %+v", err, zips, rep)
	}
	src, _ = Open(written2(t, "zips.csv", []byte("zip,lat,lon\n")), ZIPs)
	if _, _, err := r.ZIPs(t.Context(), src); err == nil {
		t.Error("an empty list was taken")
	}
}

func TestPhonesAndZIPs(t *testing.T) {
	for in, want := range map[string]string{"8605492020": "8605492020", "(860) 549-2020": "8605492020", "18605492020": "8605492020", "1978744763": "", "860549": "", "": ""} {
		if got := string(phone([]byte(in))); got != want {
			t.Errorf("phone %q: %q, want %q", in, got, want)
		}
	}
	var room [5]byte
	for in, want := range map[string]string{"021081234": "02108", "02108-1234": "02108", "02108": "02108", "2108": "02108", "21081234": "02108", "M5G1X8": "", "": "", "1": "", "0210812345": ""} {
		if got := string(zip5([]byte(in), &room)); got != want {
			t.Errorf("ZIP %q: %q, want %q", in, got, want)
		}
	}
}
