CREATE DATABASE plant;
USE plant;

CREATE TABLE equipment (
  id INT PRIMARY KEY,
  tag VARCHAR(20) NOT NULL,
  name VARCHAR(100) NOT NULL,
  serial VARCHAR(40),
  maker VARCHAR(40),
  model VARCHAR(40),
  installed DATE,
  retired BOOLEAN NOT NULL DEFAULT FALSE,
  changed_at TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3)
);
CREATE TABLE failure_code (code VARCHAR(8) PRIMARY KEY, name VARCHAR(80) NOT NULL);
CREATE TABLE work_order (
  id INT AUTO_INCREMENT PRIMARY KEY,
  reference VARCHAR(40),
  title VARCHAR(80) NOT NULL,
  details TEXT,
  equipment_id INT NOT NULL REFERENCES equipment (id),
  priority INT NOT NULL,
  failure_code VARCHAR(8) REFERENCES failure_code (code),
  due DATETIME,
  status VARCHAR(12) NOT NULL DEFAULT 'OPEN',
  remedy VARCHAR(200),
  hours DECIMAL(8, 2),
  cost DECIMAL(12, 2),
  created_at TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
  changed_at TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3)
);
CREATE TABLE part_used (work_order_id INT NOT NULL, part VARCHAR(40) NOT NULL, quantity DECIMAL(10, 2) NOT NULL);
-- the staging table: the CMMS plans what it finds here
CREATE TABLE part_inbox (
  id INT AUTO_INCREMENT PRIMARY KEY,
  work_order_id INT NOT NULL REFERENCES work_order (id),
  part VARCHAR(40) NOT NULL,
  quantity DECIMAL(10, 2) NOT NULL
);

DELIMITER $$
CREATE PROCEDURE new_work_order (
  p_reference VARCHAR(40), p_title VARCHAR(80), p_details TEXT, p_equipment INT, p_priority INT, p_code VARCHAR(8), p_due DATETIME
)
BEGIN
  IF NOT EXISTS (SELECT 1 FROM equipment WHERE id = p_equipment) THEN
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'no such equipment';
  END IF;
  INSERT INTO work_order (reference, title, details, equipment_id, priority, failure_code, due)
  VALUES (p_reference, p_title, p_details, p_equipment, p_priority, p_code, p_due);
  SELECT LAST_INSERT_ID() AS id, 'OPEN' AS status;
END$$
CREATE PROCEDURE set_work_order_status (p_id INT, p_status VARCHAR(12))
BEGIN
  UPDATE work_order SET status = p_status WHERE id = p_id;
END$$
DELIMITER ;

INSERT INTO equipment (id, tag, name, serial, maker, model, installed, retired) VALUES
  (1, 'VMC-1001', 'Vertical machining centre 1', 'SN-77001', 'DMG Mori', 'DMC 150 V', '2011-03-01', FALSE),
  (2, 'VMC-1002', 'Vertical machining centre 2', 'SN-77002', 'Haas', 'VF-2', '2012-03-01', FALSE),
  (3, 'VMC-1003', 'Vertical machining centre 3', 'SN-77003', 'DMG Mori', 'DMC 350 V', '2013-03-01', FALSE),
  (4, 'VMC-1004', 'Vertical machining centre 4', 'SN-77004', 'Haas', 'VF-4', '2014-03-01', FALSE),
  (5, 'VMC-1005', 'Vertical machining centre 5', 'SN-77005', 'DMG Mori', 'DMC 550 V', '2015-03-01', FALSE),
  (6, 'VMC-1006', 'Vertical machining centre 6', 'SN-77006', 'Haas', 'VF-6', '2016-03-01', FALSE),
  (7, 'VMC-1007', 'Vertical machining centre 7', 'SN-77007', 'DMG Mori', 'DMC 750 V', '2017-03-01', TRUE);
INSERT INTO failure_code VALUES ('BRG', 'Bearing'), ('SEAL', 'Seal');

CREATE USER reader@'127.0.0.1' IDENTIFIED BY 'reader-word-51c9';
CREATE USER writer@'127.0.0.1' IDENTIFIED BY 'writer-word-8e27';
GRANT SELECT ON plant.* TO reader@'127.0.0.1';
GRANT EXECUTE ON PROCEDURE plant.new_work_order TO writer@'127.0.0.1';
GRANT EXECUTE ON PROCEDURE plant.set_work_order_status TO writer@'127.0.0.1';
GRANT INSERT ON plant.part_inbox TO writer@'127.0.0.1';
