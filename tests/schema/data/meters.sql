CREATE SCHEMA grid;
SET search_path TO grid, public;
CREATE DOMAIN positive AS integer CHECK (VALUE > 0);
CREATE TABLE meter (
  serial_no text PRIMARY KEY,
  kind text NOT NULL CHECK (kind IN ('gas', 'water', 'heat')),
  phases positive NOT NULL DEFAULT 1,
  "zählpunkt" text COLLATE "C" UNIQUE
);
CREATE TABLE reading (
  meter text NOT NULL REFERENCES meter,
  read_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
  kwh numeric(14, 3) NOT NULL,
  PRIMARY KEY (meter, read_at),
  CHECK (kwh BETWEEN 0 AND 1000000)
) PARTITION BY RANGE (read_at);
CREATE INDEX ON reading (read_at DESC NULLS LAST, kwh);
CREATE TABLE reading_2030 PARTITION OF reading FOR VALUES FROM ('2030-01-01') TO ('2031-01-01');
CREATE TABLE reading_rest PARTITION OF reading DEFAULT;
CREATE FUNCTION total(m text) RETURNS numeric LANGUAGE sql
BEGIN ATOMIC
  SELECT sum(kwh) FROM reading WHERE meter = m;
END;
CREATE TABLE public.tariff (
  id int GENERATED ALWAYS AS IDENTITY,
  valid tstzrange NOT NULL,
  code char(4) NOT NULL,
  flags bit varying(8),
  CONSTRAINT tariff_pk PRIMARY KEY (id) INCLUDE (code),
  EXCLUDE USING gist (valid WITH &&)
);
ALTER TABLE meter ADD COLUMN tariff_id int REFERENCES tariff (id) ON DELETE RESTRICT ON UPDATE SET NULL;
ALTER TABLE meter ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON meter FOR UPDATE USING (serial_no = current_user) WITH CHECK (kind <> 'heat');
ALTER POLICY own ON meter USING (serial_no = session_user);
ALTER TABLE meter RENAME CONSTRAINT meter_kind_check TO meter_kind_known;
ALTER TABLE meter SET SCHEMA public;
